/* Hallmark: marks a language model's text while it is sampled, and finds the mark. MIT or Apache-2.0. Made from crates/ffi/src by cbindgen. */

#ifndef HALLMARK_H
#define HALLMARK_H

#include <stddef.h>
#include <stdint.h>

// The version of this interface: it rises when something that a caller was compiled against changes, such as the other structs, which have no
// size of their own. Fields at the end of init structs, new functions and new statuses do not raise it.
#define HALLMARK_ABI_VERSION 2

// What a call came to. Later versions may have more of them.
typedef enum {
  // The work was done.
  HALLMARK_OK = 0,
  // A pointer is null where it must not be, a text is no UTF-8, or an init struct is too small.
  HALLMARK_BAD_ARGUMENT = 1,
  // The profile cannot be read.
  HALLMARK_BAD_PROFILE = 2,
  // The key cannot be read, or does not fit the profile.
  HALLMARK_BAD_KEY = 3,
  // The mark is only read here, or the sub-key is none of its ring.
  HALLMARK_CANNOT_MARK = 4,
  // The engine's row of logits cannot be used, or a token is too large. The request is as it was before the call.
  HALLMARK_BAD_ROW = 5,
  // More tokens than the statistics take.
  HALLMARK_TOO_MANY = 6,
  // No thread could be started.
  HALLMARK_NO_THREADS = 7,
  // A fault of the library's own, caught. Free the handle; other handles are sound.
  HALLMARK_PANIC = 99,
} hallmark_status;

// What the numbers of a row are.
typedef enum {
  // Single precision.
  HALLMARK_F32 = 0,
  // IEEE half precision.
  HALLMARK_F16 = 1,
  // bfloat16.
  HALLMARK_BF16 = 2,
} hallmark_format;

// A profile under a key. Any number of threads may use it at once, and it must live until these calls are done. Requests keep what they need of
// it, the key too, and go on after it was freed.
typedef struct hallmark_mark hallmark_mark;

// One request's state: its tokens, and which windows are used up. One thread at a time.
typedef struct hallmark_request hallmark_request;

// What was found.
typedef struct {
  // Distinct cells that were scored.
  uint64_t scored;
  // The sum of their scores in the scheme's unit: nats, green tokens or one bits.
  double statistic;
  // What a random key would give.
  double expected;
  // log10 of how often a random key would give as much (T1), at most 0, rounded up.
  double log10_p;
} hallmark_found;

// What a mark is made of. Zero all of it, then set the fields.
typedef struct {
  // `sizeof(hallmark_mark_init)`.
  size_t struct_size;
  // The text of a profile file.
  const char *profile;
  // Bytes of it.
  size_t profile_length;
  // The text of a key file: a root's (its default cohort marks), a cohort's, or another engine's. Wiped by the caller.
  const char *key;
  // Bytes of it.
  size_t key_length;
} hallmark_mark_init;

// What a request is. Zero all of it, then set `struct_size`: a request without prompt, of a mark without a ring, sampled at a temperature.
typedef struct {
  // `sizeof(hallmark_request_init)`.
  size_t struct_size;
  // What the response follows, as tokens: only marks that begin within the prompt use it. May be null.
  const uint32_t *prompt;
  // Tokens of it.
  size_t prompt_length;
  // Of a ring: how many sub-keys it has (`hallmark_mark_sub_keys`). 0 without a ring.
  uint32_t sub_keys;
  // Of a ring: which sub-key marks the request, from 0, drawn by the engine for each.
  uint32_t sub_key;
  // Not 0 where the request decodes greedily: then only a mark that biases logits takes part.
  uint32_t greedy;
  // 0.
  uint32_t reserved;
  // Tokens for which room is made, 32,768 at most: the marker then takes no more memory up to that many, after its first steps.
  size_t capacity;
} hallmark_request_init;

// What a step chose.
typedef struct {
  // Index of the chosen candidate; where a whole row was given, the token.
  size_t index;
  // The chosen token.
  uint32_t token;
  // Whether the key took part in the choice: 1 or 0.
  uint32_t marked;
} hallmark_choice;

// One request's row in a step. Zero all of it, then set the fields.
typedef struct {
  // The request; null for a row that is not marked, which is passed over: its choice stays as it is.
  hallmark_request *request;
  // The tokens that survived truncation, whose logits follow; null for a whole row, which is indexed by token.
  const uint32_t *candidates;
  // Its logits, numbers of its format; scratch space afterwards.
  void *logits;
  // How many.
  size_t length;
  // What its logits are, a `hallmark_format`: 0 is single precision.
  uint32_t format;
  // What the row came to, a `hallmark_status`; a row that failed has accepted nothing, and `hallmark_request_error` says why.
  int32_t status;
  // Its ordinary randomness of this step, in [0, 1): one that is 0 because nobody set it takes the first token each time.
  double uniform;
  // What was chosen.
  hallmark_choice choice;
} hallmark_row;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The version of the interface that the library was built with: [`ABI_VERSION`] of its header.
uint32_t hallmark_abi_version(void);

// Scores `length` tokens of one text under a mark, on the library's threads. Nothing is left out as shown: give generated tokens only. Fewer than 25 scored cells say
// nothing.
//
// # Safety
// `mark` is a mark; `tokens` has `length` tokens; `out` has room; `error` has `error_size` bytes, or it is null.
hallmark_status hallmark_detect(const hallmark_mark *mark,
                                const uint32_t *tokens,
                                size_t length,
                                hallmark_found *out,
                                char *error,
                                size_t error_size);

// Makes a mark. On failure `*out` is null, and `error` (null, or `error_size` bytes) says why. It quotes the profile where that is wrong, and nothing of the key.
//
// # Safety
// `init` points to a struct whose texts are as long as it says; `out` to room for a pointer; `error` to `error_size` bytes, or it is null.
hallmark_status hallmark_mark_new(const hallmark_mark_init *init,
                                  hallmark_mark **out,
                                  char *error,
                                  size_t error_size);

// Frees a mark; null is nothing to free.
//
// # Safety
// `mark` came from [`hallmark_mark_new`], and is used no more.
void hallmark_mark_free(hallmark_mark *mark);

// How many sub-keys requests are marked with: 1 without a ring; 0 for null.
//
// # Safety
// `mark` is null or a mark.
size_t hallmark_mark_sub_keys(const hallmark_mark *mark);

// How many tokens the profile has: the length of a row of logits. 0 for null.
//
// # Safety
// `mark` is null or a mark.
size_t hallmark_mark_vocabulary(const hallmark_mark *mark);

// Writes the public id of the key, sixteen hexadecimal digits, and a zero byte.
//
// # Safety
// `mark` is null or a mark; `out` has room for `size` bytes.
hallmark_status hallmark_mark_key_id(const hallmark_mark *mark, char *out, size_t size);

// Makes a request. On failure `*out` is null, and `error` (null, or `error_size` bytes) says why.
//
// # Safety
// `mark` is a mark; `init` points to a struct whose prompt is as long as it says; `out` to room for a pointer; `error` to `error_size`
// bytes, or it is null.
hallmark_status hallmark_request_new(const hallmark_mark *mark,
                                     const hallmark_request_init *init,
                                     hallmark_request **out,
                                     char *error,
                                     size_t error_size);

// The same request once more, with the same tokens: for beams, parallel answers and preemption. It makes room as it goes. Null for null.
//
// # Safety
// `request` is null or a request that no other thread uses.
hallmark_request *hallmark_request_clone(const hallmark_request *request);

// Frees a request; null is nothing to free.
//
// # Safety
// `request` came from [`hallmark_request_new`] or [`hallmark_request_clone`], and is used no more.
void hallmark_request_free(hallmark_request *request);

// What was wrong in the last call that failed, whatever succeeded since; empty where none failed. Null for null.
//
// # Safety
// `request` is null or a request. The text is the request's, and gone with it.
const char *hallmark_request_error(const hallmark_request *request);

// 1 where the next position would be marked: enough tokens before it, and a new window. Otherwise 0.
//
// # Safety
// `request` is null or a request.
uint32_t hallmark_request_is_open(const hallmark_request *request);

// Chooses among a whole row of `length` logits, as many as the profile's vocabulary has, whose index is the token, after temperature and penalties; a masked token is −∞ and is
// never chosen. `uniform` in [0, 1) is this step's ordinary randomness. The row is scratch space afterwards.
//
// # Safety
// `request` is a request that no other thread uses, `logits` has `length` numbers, `choice` has room.
hallmark_status hallmark_request_choose_row(hallmark_request *request,
                                            float *logits,
                                            size_t length,
                                            double uniform,
                                            hallmark_choice *choice);

// The same among `length` candidates, which survived truncation, with their logits.
//
// # Safety
// As for [`hallmark_request_choose_row`]; `candidates` has `length` tokens.
hallmark_status hallmark_request_choose(hallmark_request *request,
                                        const uint32_t *candidates,
                                        float *logits,
                                        size_t length,
                                        double uniform,
                                        hallmark_choice *choice);

// Adds the bias of `green` to a whole row, for an engine that truncates and samples by itself afterwards; `*marked` is 1 where the position
// is marked, and otherwise the row is as it was.
//
// # Safety
// As for [`hallmark_request_choose_row`]; `marked` has room.
hallmark_status hallmark_request_bias_row(hallmark_request *request,
                                          float *logits,
                                          size_t length,
                                          uint32_t *marked);

// Records the token that the engine emitted, chosen here or not.
//
// # Safety
// `request` is a request that no other thread uses.
hallmark_status hallmark_request_accept(hallmark_request *request, uint32_t token);

// Records `length` tokens, as after preemption or with drafts that were accepted; −1 is padding and is passed over. All of them or, where one
// cannot be a token, none.
//
// # Safety
// `request` is a request that no other thread uses, `tokens` has `length` numbers.
hallmark_status hallmark_request_accept_all(hallmark_request *request,
                                            const int64_t *tokens,
                                            size_t length);

// Takes back the last `count` accepted tokens, as speculative decoding does.
//
// # Safety
// `request` is a request that no other thread uses.
hallmark_status hallmark_request_rollback(hallmark_request *request, size_t count);

// Forgets the response, for the next one to the same prompt; buffers are kept.
//
// # Safety
// `request` is null or a request that no other thread uses.
void hallmark_request_reset(hallmark_request *request);

// Chooses a token for each of `count` rows, on the library's threads (`hallmark_threads`), and where `accept` is not 0 records it; returns how
// many rows failed. A bad row says so in its own place and leaves the others as they are. Where no threads can be had the calling one does all.
//
// # Safety
// `rows` has `count` rows; no two of them share a request or logits, and nobody else uses these during the call.
size_t hallmark_step_rows(hallmark_row *rows,
                          size_t count,
                          uint32_t accept);

// Adds the bias of `green` to each of `count` whole rows, in their own format, for an engine that truncates and samples by itself afterwards;
// a row's `choice.marked` is 1 where it is marked, and otherwise its logits are as they were. Threads, bad rows and what is returned are those
// of `hallmark_step_rows`.
//
// # Safety
// As for [`hallmark_step_rows`].
size_t hallmark_step_bias(hallmark_row *rows,
                          size_t count);

// Says how many threads share a step's rows and a detection, from the next call on; 0 is one for each processor that the process may use,
// which is what it is where nobody asks. 1 makes the calling thread do all of a step.
void hallmark_threads(size_t count);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HALLMARK_H */
