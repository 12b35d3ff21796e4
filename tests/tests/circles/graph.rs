//! Circles of a directed graph.

/// Every set of nodes that reach each other, of two nodes or more, each in order. `arrows[a]` are the nodes that `a` points
/// to.
pub(crate) fn circles(arrows: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let reached: Vec<Vec<bool>> = (0..arrows.len()).map(|from| reach(arrows, from)).collect();
    let mut circles: Vec<Vec<usize>> = vec![];
    for a in 0..arrows.len() {
        if circles.iter().any(|circle| circle.contains(&a)) {
            continue;
        }
        let circle: Vec<usize> = (a..arrows.len())
            .filter(|&b| a == b || reached[a][b] && reached[b][a])
            .collect();
        if circle.len() > 1 {
            circles.push(circle);
        }
    }
    circles
}

fn reach(arrows: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut reached = vec![false; arrows.len()];
    let mut left = vec![from];
    while let Some(node) = left.pop() {
        for &to in &arrows[node] {
            if !std::mem::replace(&mut reached[to], true) {
                left.push(to);
            }
        }
    }
    reached
}
