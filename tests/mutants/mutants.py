#!/usr/bin/env python3
"""Tries the mutants that cargo-mutants lists, all of them in one build.

Every change is written into a copy of the sources behind a question, "is this one active?", which an environment variable answers; so the
crate is compiled once instead of once for each. Each test is run alone first, to see how long it takes and which mutants it reaches;
then each mutant is tried with the tests that reach it, the quick ones first, until one fails.

    cargo mutants --list --json -p CRATE [-f GLOB] > list.json
    python3 mutants.py list.json FOLDER --copy COPY -p CRATE [-p USER]... [--test NAME]... [--skip REGEX] [--longest SECONDS] [--jobs N]

FOLDER is the crate's within the repository (crates/evidence); COPY is a working copy of it that is changed (git worktree add COPY). Tests of
other crates that use it count too, and programs that they start are changed with it.
What was found stands in COPY.results.jsonl, one mutant a line; a second call goes on where the first ended. Needs the Python package
tree-sitter-rust. Mutants of constant functions, of constants and of results that are `impl Trait` do not compile this way, nor do some others: they are
counted, and are for cargo-mutants itself.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import tree_sitter
import tree_sitter_rust

SWITCH = """//! Which mutant is active: the number in MUTANT. With MUTANTS_REACHED, none, and each that is reached is noted in that file.
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

const UNKNOWN: u32 = u32::MAX;
const NOTING: u32 = u32::MAX - 1;
const NONE: u32 = u32::MAX - 2;
static ACTIVE: AtomicU32 = AtomicU32::new(UNKNOWN);
static REACHED: [AtomicBool; 1 << 14] = [const { AtomicBool::new(false) }; 1 << 14];

#[inline]
pub fn on(id: u32) -> bool {
    match ACTIVE.load(Relaxed) {
        UNKNOWN | NOTING => slowly(id),
        active => active == id,
    }
}

#[cold]
fn slowly(id: u32) -> bool {
    use std::io::Write;
    let note = std::env::var_os("MUTANTS_REACHED");
    if ACTIVE.load(Relaxed) == UNKNOWN {
        let active = std::env::var("MUTANT").ok().and_then(|id| id.parse().ok());
        ACTIVE.store(if note.is_some() { NOTING } else { active.unwrap_or(NONE) }, Relaxed);
    }
    if let (NOTING, Some(file)) = (ACTIVE.load(Relaxed), note) {
        if !REACHED[id as usize].swap(true, Relaxed) {
            let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
            file.write_all(format!("{id}\\n").as_bytes()).unwrap();
        }
    }
    ACTIVE.load(Relaxed) == id
}
"""


class Source:
    """A file, and which of its places change."""

    def __init__(self, text, mutants):
        self.text = text
        self.tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language())).parse(text)
        self.changes = collections.defaultdict(list)
        self.left = []
        operators, unary, bodies, arms, guards = {}, {}, [], {}, {}
        todo = [self.tree.root_node]
        while todo:
            node = todo.pop()
            todo.extend(node.children)
            if node.type in ("binary_expression", "compound_assignment_expr"):
                operators[node.child_by_field_name("operator").start_byte] = node
            elif node.type == "unary_expression":
                unary[node.start_byte] = node
            elif node.type == "function_item":
                bodies.append(node.child_by_field_name("body"))
            elif node.type == "match_arm":
                pattern = node.child_by_field_name("pattern")
                arms[node.start_byte] = arms[pattern.start_byte] = node
                if guard := pattern.child_by_field_name("condition"):
                    guards[guard.start_byte] = node
        lines = text.split(b"\n")
        begins = [0]
        for line in lines:
            begins.append(begins[-1] + len(line) + 1)

        def place(at):
            line = lines[at["line"] - 1].decode()
            return begins[at["line"] - 1] + len(line[: at["column"] - 1].encode())

        for mutant in mutants:
            first, last = place(mutant["span"]["start"]), place(mutant["span"]["end"])
            genre, node = mutant["genre"], None
            if genre == "BinaryOperator":
                node = operators.get(first)
            elif genre == "UnaryOperator":
                node = unary.get(first)
            elif genre == "FnValue" and "impl " not in ((mutant["function"] or {}).get("return_type") or ""):
                around = [body for body in bodies if body and body.start_byte <= first and last <= body.end_byte]
                node = min(around, key=lambda body: body.end_byte - body.start_byte, default=None)
            elif genre == "MatchArm":
                node = arms.get(first)
            elif genre == "MatchArmGuard":
                node = guards.get(first)
            if node is None:
                self.left.append(mutant["id"])
            else:
                self.changes[node.id].append(mutant)

    def changed(self):
        root = self.tree.root_node
        return self.text[: root.start_byte].decode() + self.written(root) + self.text[root.end_byte :].decode()

    def given(self, node):
        return self.text[node.start_byte : node.end_byte].decode()

    def inside(self, node):
        if not node.children:
            return self.given(node)
        parts, at = [], node.start_byte
        for child in node.children:
            parts += [self.text[at : child.start_byte].decode(), self.written(child)]
            at = child.end_byte
        return "".join(parts) + self.text[at : node.end_byte].decode()

    def written(self, node):
        mutants = self.changes.get(node.id)
        if not mutants:
            return self.inside(node)
        of = {
            "binary_expression": self.operator,
            "compound_assignment_expr": self.assignment,
            "unary_expression": self.unary,
            "match_arm": self.arm,
        }
        text = of.get(node.type, self.body)(node, mutants)
        return f"/*<{','.join(str(mutant['id']) for mutant in mutants)}*/{text}/*>*/" if node.type in of else text

    def operator(self, node, mutants):
        left, right = (self.written(node.child_by_field_name(side)) for side in ("left", "right"))
        operator = self.given(node.child_by_field_name("operator"))
        if operator in ("&&", "||"):
            self.left += [mutant["id"] for mutant in mutants[1:]]
            same = "==" if operator == "&&" else "!="
            return f"(match {left} {{ mutant_l => if mutant_l {same} {marked(mutants[0], on(mutants[0]))} {{ mutant_l }} else {{ {right} }} }})"
        compares = operator in ("==", "!=", "<", ">", "<=", ">=")
        pair = f"(&({left}), &({right}))" if compares else f"({left}, {right})"
        others = "".join(
            f"if {on(mutant)} {{ {marked(mutant, 'mutant_l ' + mutant['replacement'] + ' mutant_r')} }} else " for mutant in mutants
        )
        return f"(match {pair} {{ (mutant_l, mutant_r) => {others}{{ mutant_l {operator} mutant_r }} }})"

    def assignment(self, node, mutants):
        left, right = (self.written(node.child_by_field_name(side)) for side in ("left", "right"))
        operator = self.given(node.child_by_field_name("operator"))
        others = "".join(
            f"if {on(mutant)} {{ {marked(mutant, left + ' ' + mutant['replacement'] + ' mutant_r')} }} else " for mutant in mutants
        )
        return f"{{ let mutant_r = {right}; {others}{{ {left} {operator} mutant_r }} }}"

    def unary(self, node, mutants):
        self.left += [mutant["id"] for mutant in mutants[1:]]
        operator, value = self.given(node)[0], self.written(node.children[-1])
        return f"(match {value} {{ mutant_v => if {on(mutants[0])} {{ {marked(mutants[0], 'mutant_v')} }} else {{ {operator}mutant_v }} }})"

    def arm(self, node, mutants):
        pattern = node.child_by_field_name("pattern")
        guard = pattern.child_by_field_name("condition")
        parts, at = [], node.start_byte
        for child in node.children:
            parts.append(self.text[at : child.start_byte].decode())
            at = child.end_byte
            if child.id != pattern.id:
                parts.append(self.written(child))
                continue
            shape, condition = self.given(pattern), "true"
            if guard is not None:
                begin = next(part for part in pattern.children if part.type == "if").start_byte
                shape, condition = self.text[pattern.start_byte : begin].decode(), self.written(guard)
            for mutant in mutants:
                is_true = mutant["genre"] == "MatchArmGuard" and mutant["replacement"] == "true"
                question = marked(mutant, on(mutant))
                condition = f"{question} || ({condition})" if is_true else f"!{question} && ({condition})"
            parts.append(f"{shape} if {condition}")
        return "".join(parts) + self.text[at : node.end_byte].decode()

    def body(self, node, mutants):
        first = "".join(
            " " + marked(mutant, f"if {on(mutant)} {{ return {'' if mutant['replacement'] == '()' else mutant['replacement']}; }}")
            for mutant in mutants
        )
        return "{" + first + self.inside(node)[1:]


def on(mutant):
    return f"crate::mutants_switch::on({mutant['id']})"


def marked(mutant, text):
    return f"/*[{mutant['id']}*/{text}/*{mutant['id']}]*/"


def write(mutants, dropped, copy, crate):
    """Writes the changed sources; the numbers of those mutants that have no place in them."""
    by_file, left = collections.defaultdict(list), []
    for mutant in mutants:
        by_file[mutant["file"]].append(mutant)
    for file, own in by_file.items():
        kept = copy / (file + ".kept")
        if not kept.exists():
            kept.write_bytes((copy / file).read_bytes())
        source = Source(kept.read_bytes(), [mutant for mutant in own if mutant["id"] not in dropped])
        (copy / file).write_text(source.changed())
        left += source.left
    library = copy / crate / "src/lib.rs"
    if "mod mutants_switch" not in library.read_text():
        with library.open("a") as file:
            file.write("\n#[doc(hidden)]\n#[allow(missing_docs, clippy::all)]\npub mod mutants_switch;\n")
    (copy / crate / "src/mutants_switch.rs").write_text(SWITCH)
    return set(left)


def blamed(error, copy):
    """The mutants whose text an error of the compiler points into, or those of the place around it, or of the next place."""
    spans = error["spans"] + [span for child in error["children"] for span in child["spans"]]
    places = []
    for span in spans:
        path = copy / span["file_name"]
        if path.exists():
            places.append((path.read_bytes(), span["byte_start"], span["byte_end"]))
    hit = set()
    for text, first, last in places:
        for own in re.finditer(rb"/\*\[(\d+)\*/.*?/\*\1\]\*/", text, re.S):
            if own.start() <= first and last <= own.end():
                hit.add(int(own[1]))
    for text, first, last in places if not hit else []:
        open_places, best = [], None
        for own in re.finditer(rb"/\*<([\d,]+)\*/|/\*>\*/", text):
            if own[1]:
                open_places.append((own.start(), own[1]))
                continue
            begin, ids = open_places.pop()
            if begin <= first and last <= own.end() and (best is None or begin > best[0]):
                best = (begin, ids)
        if best:
            hit |= {int(number) for number in best[1].split(b",")}
    if not hit and places:
        text, _, last = places[0]
        if following := re.compile(rb"/\*<([\d,]+)\*/").search(text, last):
            hit |= {int(number) for number in following[1].split(b",")}
    return hit


def build(mutants, copy, crate, cargo):
    """Builds until it compiles, leaving out what does not; the numbers left out, and the tests' programs by name, each with its crate's folder."""
    dropped = set()
    while True:
        left = write(mutants, dropped, copy, crate)
        run = subprocess.run([*cargo, "--no-run", "--message-format=json"], cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        messages = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        if run.returncode == 0:
            made = [own for own in messages if own["reason"] == "compiler-artifact" and own.get("executable") and own["profile"]["test"]]
            return dropped | left, {own["target"]["name"]: (own["executable"], pathlib.Path(own["manifest_path"]).parent) for own in made}
        errors = [own["message"] for own in messages if own["reason"] == "compiler-message" and own["message"]["level"] == "error"]
        new = set().union(*(blamed(error, copy) for error in errors)) - dropped
        if not new:
            sys.exit(run.stderr + "\n".join(error["rendered"] for error in errors[:3]))
        dropped |= new
        print(f"{len(errors)} errors, {len(dropped)} mutants left out", flush=True)


def tests_of(programs, skip, longest, jobs):
    """Each test that passes in the time it is given: its program, name, seconds, and the mutants that it reaches."""
    found = []
    for name, (program, folder) in programs.items():
        listed = subprocess.run([program, "--list", "--format", "terse"], cwd=folder, capture_output=True, text=True).stdout
        found += [(name, line[:-6]) for line in listed.splitlines() if line.endswith(": test")]
    found = [own for own in found if not (skip and re.search(skip, "::".join(own)))]

    def alone(own):
        note = tempfile.mktemp()
        begun = time.time()
        try:
            environment = dict(os.environ, MUTANTS_REACHED=note)
            program, folder = programs[own[0]]
            run = subprocess.run([program, "--exact", own[1]], cwd=folder, env=environment, capture_output=True, timeout=longest)
        except subprocess.TimeoutExpired:
            print(f"{'::'.join(own)} takes longer than {longest} s and is left out", flush=True)
            return None
        if run.returncode:
            print(f"{'::'.join(own)} fails with no mutant active and is left out", flush=True)
            return None
        reached = set()
        if os.path.exists(note):
            reached = {int(line) for line in open(note)}
            os.remove(note)
        return (*own, time.time() - begun, reached)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return [own for own in pool.map(alone, found) if own]


def tried(mutant, tests, programs):
    """What became of a mutant: which test noticed it, that one ran for too long, that none did, or that none reaches it."""
    own = sorted((test for test in tests if mutant["id"] in test[3]), key=lambda test: test[2])
    groups = []
    for program in programs:
        quick = [test for test in own if test[0] == program and test[2] < 0.15]
        if quick:
            groups.append((program, [test[1] for test in quick], sum(test[2] for test in quick)))
    groups += [(test[0], [test[1]], test[2]) for test in own if test[2] >= 0.15]
    for program, names, seconds in groups:
        environment = dict(os.environ, MUTANT=str(mutant["id"]), PROPTEST_FAILURE_PERSISTENCE="off")
        command, folder = programs[program]
        command = [command, "--exact", *names, "--test-threads=1"]
        run = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        try:
            said, _ = run.communicate(timeout=15 + 8 * seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            return "too-long", names[0]
        if run.returncode:
            failed = re.search(r"^test (.*) \.\.\. FAILED$", said, re.M)
            return "noticed", failed[1] if failed else "it ended"
    return ("survived" if own else "unreached"), None


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("list", type=pathlib.Path)
    options.add_argument("crate")
    options.add_argument("--copy", type=pathlib.Path, required=True)
    options.add_argument("-p", dest="packages", action="append", required=True)
    options.add_argument("--test", action="append", default=[])
    options.add_argument("--skip")
    options.add_argument("--longest", type=float, default=100)
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    given = options.parse_args()
    copy = given.copy.resolve()
    mutants = [dict(mutant, id=number) for number, mutant in enumerate(json.loads(given.list.read_text()), 1)]
    packages, own = (word for name in given.packages for word in ("-p", name)), (word for name in given.test for word in ("--test", name))
    cargo = ["cargo", "test", "--release", *packages, "--lib", *own]
    left, programs = build(mutants, copy, given.crate, cargo)
    tests = tests_of(programs, given.skip, given.longest, given.jobs)
    results = pathlib.Path(f"{copy}.results.jsonl")
    known = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    counts = collections.Counter(own["what"] for own in known)
    done = {own["id"] for own in known} | left
    todo = [mutant for mutant in mutants if mutant["id"] not in done]
    # In an order of no meaning, so that what was tried is a sample wherever it ends.
    random.Random(1).shuffle(todo)
    with results.open("a") as file, concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for mutant, (what, by) in zip(todo, pool.map(lambda mutant: tried(mutant, tests, programs), todo)):
            counts[what] += 1
            file.write(json.dumps({"id": mutant["id"], "what": what, "by": by, "mutant": mutant["name"]}) + "\n")
            file.flush()
    print(f"{len(mutants)} mutants, {len(left)} do not compile here; " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
