//! Threads that detect, behind a queue of fixed length.

use rayon::ThreadPoolBuilder;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// Work, done off the threads that serve connections.
pub(crate) struct Workers(SyncSender<Job>);

type Job = Box<dyn FnOnce() + Send>;

/// The queue is full.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// The work panicked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

impl Workers {
    /// So many threads behind a queue for so many jobs. They end with it.
    pub(crate) fn start(threads: usize, queue: usize) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new()
                .name(format!("detect-{number}"))
                .spawn(move || run(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Puts work into the queue. What it gives comes out of the receiver; work whose receiver is gone by then is not done.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, Panicked>>, Full> {
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(move || {
            if sender.is_closed() {
                return;
            }
            // What the work holds is its own, and what it shares is only read.
            let done = catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked);
            let _ = sender.send(done);
        });
        self.0.try_send(job).map_err(|_| Full)?;
        Ok(receiver)
    }
}

fn run(jobs: &Mutex<Receiver<Job>>) {
    // Loops that would share out work stay on this thread: requests are what is in parallel here.
    let own = ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => break,
        }
    }
    drop(own);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_panic_is_that_jobs_alone() {
        let workers = Workers::start(1, 4).unwrap();
        let broken = workers.submit(|| -> u32 { panic!("a test's") }).unwrap();
        let whole = workers.submit(|| 7).unwrap();
        assert_eq!(broken.blocking_recv().unwrap(), Err(Panicked));
        assert_eq!(whole.blocking_recv().unwrap(), Ok(7));
    }

    #[test]
    fn a_full_queue_says_so_at_once_and_nobody_works_for_who_left() {
        let workers = Workers::start(1, 2).unwrap();
        let (begun, has_begun) = channel();
        let (go, may_go) = channel::<()>();
        let first = workers
            .submit(move || {
                begun.send(()).unwrap();
                may_go.recv().unwrap();
            })
            .unwrap();
        has_begun.recv().unwrap();
        let (worked, has_worked) = channel();
        let second = workers.submit(move || worked.send(()).unwrap()).unwrap();
        let third = workers.submit(|| 3).unwrap();
        assert_eq!(workers.submit(|| 4).unwrap_err(), Full);
        drop(second);
        go.send(()).unwrap();
        assert_eq!(first.blocking_recv().unwrap(), Ok(()));
        assert_eq!(third.blocking_recv().unwrap(), Ok(3));
        assert!(has_worked.recv().is_err(), "its work was dropped");
    }

    #[test]
    fn rayon_stays_on_the_thread() {
        use rayon::prelude::*;
        let workers = Workers::start(2, 2).unwrap();
        let work = || {
            let own = thread::current().id();
            (0..100)
                .into_par_iter()
                .all(|_| thread::current().id() == own)
        };
        assert_eq!(
            workers.submit(work).unwrap().blocking_recv().unwrap(),
            Ok(true)
        );
    }
}
