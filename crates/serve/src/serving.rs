//! Labels to marks, while requests come and go.

use crate::config::{Config, MAX_LABEL};
use crate::ledger::{Begun, Ledger};
use crate::policy::{Asked, Unmarked, sub_key};
use crate::randomness::{draw, generator};
use crate::request::{Of, Request};
use hallmark::{Error, Result, files, marks};
use hallmark_core::keys::Key;
use hallmark_core::mark::Mark;
use hallmark_core::profile::Profile;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// Which key marks which requests, and by what policies. Any number of threads may use it.
pub struct Serving {
    path: PathBuf,
    now: RwLock<Arc<Now>>,
    watch: Mutex<Watch>,
    ledger: Option<Arc<Ledger>>,
    groups: RandomState,
    failures: AtomicU64,
}

/// What holds for requests that begin now.
struct Now {
    config: Config,
    profile: Profile,
    cohorts: HashMap<String, Cohort>,
}

/// A cohort's key, and the mark that it makes.
struct Cohort {
    mark: Mark,
    key: Key,
}

/// When the file was looked at, and how it was then.
struct Watch {
    looked: Instant,
    modified: Option<SystemTime>,
    /// What was wrong when it was read again.
    wrong: Option<String>,
}

/// How often the file is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

impl Serving {
    /// Reads a serving file, its profile and its keys, and opens its ledger.
    ///
    /// # Errors
    /// When one of them cannot be read, or a key does not fit the profile.
    pub fn load(path: &Path) -> Result<Self> {
        let modified = modified(path);
        let now = Now::load(path)?;
        let ledger = now.config.ledger.as_ref().map(Ledger::open).transpose()?;
        Ok(Self {
            path: path.to_owned(),
            now: RwLock::new(Arc::new(now)),
            watch: Mutex::new(Watch {
                looked: Instant::now(),
                modified,
                wrong: None,
            }),
            ledger: ledger.map(Arc::new),
            groups: RandomState::new(),
            failures: AtomicU64::new(0),
        })
    }

    /// Reads the file again: requests that begin from now on have its keys, those that run keep theirs. Also done by itself, within a
    /// second, when the file's time of change differs: touch it after a key was replaced.
    ///
    /// # Errors
    /// As for [`load`](Self::load), and when profile or ledger is another; all then stays as it was.
    pub fn reload(&self) -> Result<()> {
        let modified = modified(&self.path);
        let read = self.read_again();
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.modified = modified;
        watch.wrong = read.as_ref().err().map(ToString::to_string);
        let now = read?;
        drop(watch);
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        Ok(())
    }

    fn read_again(&self) -> Result<Now> {
        let new = Now::load(&self.path)?;
        let old = self.now();
        let refuse = |what: &str| {
            Err(Error::usage(format_args!(
                "{what} cannot change while requests are served"
            ))
            .at(self.path.display())
            .hint("start the server anew"))
        };
        if new.profile != old.profile {
            return refuse("the profile");
        }
        if new.config.ledger != old.config.ledger {
            return refuse("[ledger]");
        }
        Ok(new)
    }

    /// Looks whether the file changed, once a second.
    fn look(&self) {
        {
            let Ok(mut watch) = self.watch.try_lock() else {
                return;
            };
            if watch.looked.elapsed() < BETWEEN_LOOKS {
                return;
            }
            watch.looked = Instant::now();
            if modified(&self.path) == watch.modified {
                return;
            }
        }
        // What is wrong is kept, and told by `trouble`.
        let _ = self.reload();
    }

    /// What was wrong when the file was last read again, if anything: the keys are then those from before.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.wrong.clone()
    }

    /// Begins a request. What cannot be marked is a request without a mark, which says why.
    ///
    /// # Errors
    /// Where serving fails closed: when the request should be marked and cannot be.
    pub fn begin(&self, asked: &Asked<'_>) -> Result<Request> {
        self.look();
        let now = self.now();
        let mut randomness = generator(asked.seed)?;
        let vocabulary = now.profile.tokenizer.vocab_size as usize;
        let label = asked.cohort.or(now.config.default.as_deref());
        // A client's words go into the ledger no longer than a label is.
        let label = label.map(|label| &label[..label.floor_char_boundary(MAX_LABEL + 1)]);
        let first = match asked.group {
            Some(group) => self.groups.hash_one(group) as u32,
            None => draw(&mut randomness),
        };
        let decided = now
            .decide(asked, label, first)
            .and_then(|(cohort, number)| {
                let Cohort { mark, .. } = cohort;
                let member = mark.member(number as usize);
                let marker =
                    member.map(|mark| mark.marker_with_capacity(asked.prompt, asked.capacity));
                let marker = marker
                    .transpose()
                    .map_err(|error| Unmarked::Failed(error.to_string()))?;
                let marker = marker
                    .ok_or_else(|| Unmarked::Failed(format!("the ring has no sub-key {number}")))?;
                let ring = mark.sub_keys() > 1;
                Ok((cohort, ring.then_some(number), marker))
            });
        let of = |sub_key, key| Of {
            cohort: label.map(str::to_owned),
            sub_key,
            key,
        };
        // A label that is none may be anything, a key by mistake: it does not go into the ledger.
        let known = label.filter(|label| now.cohorts.contains_key(*label));
        let begun = |mark: Option<&Mark>, sub_key| Begun {
            cohort: known,
            key: mark.map(|mark| mark.key().to_string()),
            profile: &now.profile.name,
            sub_key,
            prompt_tokens: asked.prompt.len(),
            answer: asked.answer,
            number: asked.number,
        };
        let why = match decided {
            Ok((Cohort { mark, key }, sub_key, marker)) => {
                let entry = self
                    .ledger
                    .as_ref()
                    .map(|ledger| ledger.begin(&begun(Some(mark), sub_key)));
                match entry.transpose() {
                    Ok(entry) => {
                        let marker = if asked.greedy {
                            marker.greedy()
                        } else {
                            marker
                        };
                        let request = Request::marked(
                            marker,
                            vocabulary,
                            randomness,
                            of(sub_key, Some(key.clone())),
                        );
                        return Ok(request.with_entry(entry));
                    }
                    // Marked text that no ledger holds would be a hole in the evidence.
                    Err(error) => Unmarked::Failed(error.to_string()),
                }
            }
            Err(why) => why,
        };
        if why.is_failure() {
            self.failures.fetch_add(1, Ordering::Relaxed);
            if now.config.fail_closed {
                return Err(Error::usage(&why).hint(
                    "fail_closed = true of the serving file refuses requests that cannot be marked",
                ));
            }
        }
        let entry = self
            .ledger
            .as_ref()
            .map(|ledger| ledger.unmarked(&begun(None, None), &why));
        Ok(Request::unmarked(why, vocabulary, randomness, of(None, None)).with_entry(entry))
    }

    /// Requests so far that should have been marked and could not be.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Whether requests that cannot be marked are refused.
    #[must_use]
    pub fn fails_closed(&self) -> bool {
        self.now().config.fail_closed
    }

    /// The profile.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.now().profile.clone()
    }

    /// The mark of a cohort, or of the default one.
    #[must_use]
    pub fn mark(&self, cohort: Option<&str>) -> Option<Mark> {
        let now = self.now();
        let label = cohort.or(now.config.default.as_deref())?;
        now.cohorts.get(label).map(|cohort| cohort.mark.clone())
    }

    /// The key of a cohort, or of the default one: for kernels that make its words on a device.
    #[must_use]
    pub fn key(&self, cohort: Option<&str>) -> Option<Key> {
        let now = self.now();
        let label = cohort.or(now.config.default.as_deref())?;
        now.cohorts.get(label).map(|cohort| cohort.key.clone())
    }

    /// The cohorts' labels, in order.
    #[must_use]
    pub fn cohorts(&self) -> Vec<String> {
        self.now().config.cohorts.keys().cloned().collect()
    }

    fn now(&self) -> Arc<Now> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Now {
    fn load(path: &Path) -> Result<Self> {
        let config = Config::load(path)?;
        let profile = files::profiles::read(&config.profile)?;
        let mut cohorts = HashMap::new();
        for (label, file) in &config.cohorts {
            let key = files::keys::read(file)?.marking_key();
            let mark = marks::mark(&profile, &key)
                .map_err(|error| error.at(format_args!("cohort {label:?}")))?;
            // Says no now to a mark that is only read.
            let made = mark.member(0).map(|member| member.marker(&[]));
            if let Some(Err(error)) = made {
                return Err(Error::usage(error).at(path.display()));
            }
            cohorts.insert(label.clone(), Cohort { mark, key });
        }
        Ok(Self {
            config,
            profile,
            cohorts,
        })
    }

    /// The mark and the sub-key of a request, or why there is none.
    fn decide(
        &self,
        asked: &Asked<'_>,
        label: Option<&str>,
        first: u32,
    ) -> std::result::Result<(&Cohort, u32), Unmarked> {
        if asked.mark == Some(false) {
            return Err(Unmarked::Off);
        }
        let label = label.ok_or(Unmarked::NoCohort)?;
        let cohort = self.cohorts.get(label);
        let cohort = cohort.ok_or_else(|| Unmarked::UnknownCohort(label.to_owned()))?;
        let mark = &cohort.mark;
        let biases = mark.member(0).is_some_and(|member| {
            member
                .sampler()
                .is_ok_and(|(sampler, _)| sampler.as_bias().is_some())
        });
        if asked.greedy && !biases {
            return Err(Unmarked::Greedy);
        }
        let sub_keys = u32::try_from(mark.sub_keys()).unwrap_or(1);
        let number = sub_key(self.config.answers, asked.answer, first, sub_keys)?;
        Ok((cohort, number))
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|file| file.modified())
        .ok()
}
