/* Marks and detects, and does everything wrong that a caller can. */
#define _DEFAULT_SOURCE
#include "hallmark.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VOCABULARY = 1000, LENGTH = 400, ROWS = 33 };

static const char *const PROFILE =
    "hallmark = 1\nname = \"c\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\n"
    "[tokenizer]\nvocab_size = 1000\n";
static const char *const RING =
    "hallmark = 1\nname = \"c\"\nscheme = \"gumbel\"\nprf = \"chacha12-v1\"\nwindow = 2\nring = 4\n"
    "[tokenizer]\nvocab_size = 1000\n";
static const char *const GREEN =
    "hallmark = 1\nname = \"c\"\nscheme = \"green\"\nprf = \"chacha12-v1\"\nwindow = 1\n"
    "[tokenizer]\nvocab_size = 1000\n[green]\ngamma = 0.25\ndelta = 2.0\n";

/* Keys of other engines take any number; a native one is made by `hallmark keygen`. These two were made for this test alone. */
#include "keys.h"

#define CHECK(holds)                                                          \
  do {                                                                        \
    if (!(holds)) {                                                           \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #holds); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

static uint64_t state = 1;

static double uniform(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) / 9007199254740992.0;
}

static void fill(float *logits) {
  for (int token = 0; token < VOCABULARY; token++) {
    logits[token] = (float)(4.0 * uniform());
  }
  logits[7] = -INFINITY;
}

static hallmark_mark *mark_of(const char *profile, const char *key) {
  hallmark_mark *mark = NULL;
  hallmark_mark_init init = {sizeof init, profile, strlen(profile), key, strlen(key)};
  char error[256];
  hallmark_status status = hallmark_mark_new(&init, &mark, error, sizeof error);
  if (status != HALLMARK_OK) {
    fprintf(stderr, "%s\n", error);
    exit(1);
  }
  return mark;
}

static hallmark_request *request_of(const hallmark_mark *mark, uint32_t sub_key) {
  hallmark_request *request = NULL;
  hallmark_request_init init = {0};
  init.struct_size = sizeof init;
  init.sub_keys = (uint32_t)hallmark_mark_sub_keys(mark);
  init.sub_key = sub_key;
  init.capacity = LENGTH;
  char error[256];
  CHECK(hallmark_request_new(mark, &init, &request, error, sizeof error) == HALLMARK_OK);
  return request;
}

static void wrong_arguments(const hallmark_mark *mark) {
  char error[24];
  hallmark_mark *made = (hallmark_mark *)error;
  hallmark_mark_init init = {sizeof init, "scheme = 3", 10, KEY, strlen(KEY)};
  CHECK(hallmark_mark_new(&init, &made, error, sizeof error) == HALLMARK_BAD_PROFILE);
  CHECK(made == NULL && strlen(error) > 0 && strlen(error) < sizeof error);
  init = (hallmark_mark_init){sizeof init, PROFILE, strlen(PROFILE), "no key", 6};
  CHECK(hallmark_mark_new(&init, &made, NULL, 0) == HALLMARK_BAD_KEY);
  init = (hallmark_mark_init){sizeof init, PROFILE, strlen(PROFILE), "integer:42", 10};
  CHECK(hallmark_mark_new(&init, &made, NULL, 0) == HALLMARK_BAD_KEY);
  init = (hallmark_mark_init){sizeof init, "\xff", 1, KEY, strlen(KEY)};
  CHECK(hallmark_mark_new(&init, &made, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  /* A newer caller's struct is longer: what is not known here must be zero. */
  struct {
    hallmark_mark_init init;
    size_t more;
  } newer = {{sizeof newer, PROFILE, strlen(PROFILE), KEY, strlen(KEY)}, 0};
  CHECK(hallmark_mark_new(&newer.init, &made, NULL, 0) == HALLMARK_OK);
  hallmark_mark_free(made);
  newer.more = 1;
  CHECK(hallmark_mark_new(&newer.init, &made, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  init.struct_size = 3;
  CHECK(hallmark_mark_new(&init, &made, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_mark_new(NULL, &made, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_mark_new(&init, NULL, error, sizeof error) == HALLMARK_BAD_ARGUMENT);

  hallmark_request *request = (hallmark_request *)error;
  hallmark_request_init asked = {0};
  CHECK(hallmark_request_new(mark, &asked, &request, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  CHECK(request == NULL);
  asked.struct_size = sizeof asked;
  asked.prompt_length = 3;
  CHECK(hallmark_request_new(mark, &asked, &request, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  asked.prompt_length = 0;
  asked.struct_size = sizeof asked + 4;
  CHECK(hallmark_request_new(mark, &asked, &request, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  asked.struct_size = (size_t)-8;
  CHECK(hallmark_request_new(mark, &asked, &request, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  asked.struct_size = sizeof asked;
  asked.capacity = SIZE_MAX; /* What a client asks for takes no memory at once. */
  CHECK(hallmark_request_new(mark, &asked, &request, NULL, 0) == HALLMARK_OK);
  hallmark_request_free(request);
  asked.sub_key = 1;
  CHECK(hallmark_request_new(mark, &asked, &request, NULL, 0) == HALLMARK_CANNOT_MARK);
  CHECK(hallmark_request_new(NULL, &asked, &request, NULL, 0) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_request_accept(NULL, 1) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_request_clone(NULL) == NULL && hallmark_request_error(NULL) == NULL);
  char id[17];
  CHECK(hallmark_mark_key_id(mark, id, 16) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_mark_key_id(mark, id, sizeof id) == HALLMARK_OK && strlen(id) == 16);
  hallmark_mark_free(NULL);
  hallmark_request_free(NULL);
  hallmark_request_reset(NULL);
}

/* A bad row concerns its request alone, which is as it was. */
static void bad_rows(const hallmark_mark *mark) {
  hallmark_request *request = request_of(mark, 0);
  float logits[VOCABULARY];
  hallmark_choice choice;
  for (int token = 0; token < VOCABULARY; token++) logits[token] = -INFINITY;
  CHECK(hallmark_request_choose_row(request, logits, VOCABULARY, 0.5, &choice) == HALLMARK_BAD_ROW);
  CHECK(strlen(hallmark_request_error(request)) > 0);
  fill(logits);
  logits[3] = NAN;
  CHECK(hallmark_request_choose_row(request, logits, VOCABULARY, 0.5, &choice) == HALLMARK_BAD_ROW);
  CHECK(hallmark_request_choose_row(request, NULL, VOCABULARY, 0.5, &choice) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_request_choose_row(request, logits, 0, 0.5, &choice) == HALLMARK_BAD_ROW);
  fill(logits);
  CHECK(hallmark_request_choose_row(request, logits, VOCABULARY, 0.5, NULL) == HALLMARK_BAD_ARGUMENT);
  const double no_uniforms[] = {-0.1, 1.0, NAN, INFINITY};
  for (int at = 0; at < 4; at++) {
    CHECK(hallmark_request_choose_row(request, logits, VOCABULARY, no_uniforms[at], &choice) == HALLMARK_BAD_ARGUMENT);
  }
  CHECK(hallmark_request_choose_row(request, logits, VOCABULARY - 1, 0.5, &choice) == HALLMARK_BAD_ROW);
  const uint32_t beyond[] = {5, VOCABULARY};
  CHECK(hallmark_request_choose(request, beyond, logits, 2, 0.5, &choice) == HALLMARK_BAD_ROW);
  CHECK(hallmark_request_accept(request, VOCABULARY) == HALLMARK_BAD_ROW);
  CHECK(hallmark_request_accept(request, 0xFFFFFFFF) == HALLMARK_BAD_ROW);
  CHECK(hallmark_request_rollback(request, 1) == HALLMARK_BAD_ROW);
  const int64_t half[] = {5, 6, -2};
  CHECK(hallmark_request_accept_all(request, half, 3) == HALLMARK_BAD_ARGUMENT);
  CHECK(hallmark_request_rollback(request, 1) == HALLMARK_BAD_ROW);
  uint32_t marked;
  CHECK(hallmark_request_bias_row(request, logits, VOCABULARY, &marked) == HALLMARK_BAD_ROW);
  hallmark_request_free(request);
}

static void whole_rows(const hallmark_mark *mark, uint32_t *tokens) {
  hallmark_request *request = request_of(mark, 0);
  float logits[VOCABULARY];
  for (int at = 0; at < LENGTH; at++) {
    fill(logits);
    hallmark_choice choice;
    CHECK(hallmark_request_choose_row(request, logits, VOCABULARY, uniform(), &choice) == HALLMARK_OK);
    CHECK(choice.token != 7 && choice.marked == (at >= 2 ? hallmark_request_is_open(request) : 0));
    CHECK(hallmark_request_accept(request, choice.token) == HALLMARK_OK);
    tokens[at] = choice.token;
  }
  hallmark_request_free(request);
}

/* A clone goes on as the original does; a rollback undoes; padding is passed over; candidates are as good as a row. */
static void states(const hallmark_mark *mark) {
  hallmark_request *one = request_of(mark, 0);
  const int64_t begun[] = {-1, 5, 6, -1, 8};
  CHECK(hallmark_request_accept_all(one, begun, 5) == HALLMARK_OK);
  hallmark_request *other = hallmark_request_clone(one);
  CHECK(hallmark_request_accept(other, 1) == HALLMARK_OK);
  CHECK(hallmark_request_accept(other, 2) == HALLMARK_OK);
  CHECK(hallmark_request_rollback(other, 2) == HALLMARK_OK);
  float logits[2][VOCABULARY];
  fill(logits[0]);
  memcpy(logits[1], logits[0], sizeof logits[0]);
  hallmark_choice first, second;
  CHECK(hallmark_request_choose_row(one, logits[0], VOCABULARY, 0.5, &first) == HALLMARK_OK);
  uint32_t candidates[VOCABULARY];
  for (int token = 0; token < VOCABULARY; token++) candidates[token] = (uint32_t)(VOCABULARY - 1 - token);
  float turned[VOCABULARY];
  for (int token = 0; token < VOCABULARY; token++) turned[token] = logits[1][VOCABULARY - 1 - token];
  CHECK(hallmark_request_choose(other, candidates, turned, VOCABULARY, 0.5, &second) == HALLMARK_OK);
  CHECK(first.marked && second.marked && first.token == second.token);
  CHECK(candidates[second.index] == second.token);
  hallmark_request_reset(other);
  CHECK(hallmark_request_rollback(other, 1) == HALLMARK_BAD_ROW);
  hallmark_request_free(one);
  hallmark_request_free(other);
}

/* Many rows at once are what each is by itself, a bad one and an unmarked one among them. */
static void steps(const hallmark_mark *mark) {
  hallmark_request *alone[ROWS], *together[ROWS];
  static float logits[2][ROWS][VOCABULARY];
  hallmark_row rows[ROWS];
  for (int row = 0; row < ROWS; row++) {
    alone[row] = request_of(mark, (uint32_t)row % (uint32_t)hallmark_mark_sub_keys(mark));
    together[row] = hallmark_request_clone(alone[row]);
  }
  for (int step = 0; step < 20; step++) {
    for (int row = 0; row < ROWS; row++) {
      fill(logits[0][row]);
      if (row == 4 && step == 9) logits[0][row][1] = NAN;
      memcpy(logits[1][row], logits[0][row], sizeof logits[0][row]);
      memset(&rows[row], 0xEE, sizeof rows[row]);
      rows[row].request = row == 5 ? NULL : together[row];
      rows[row].candidates = NULL;
      rows[row].logits = logits[1][row];
      rows[row].format = HALLMARK_F32;
      rows[row].length = VOCABULARY;
      rows[row].uniform = uniform();
    }
    CHECK(hallmark_step_rows(rows, ROWS, 1) == (step == 9 ? 1u : 0u));
    for (int row = 0; row < ROWS; row++) {
      if (row == 5) {
        CHECK(rows[row].status == HALLMARK_OK && rows[row].choice.token == 0xEEEEEEEE);
        continue;
      }
      hallmark_choice choice;
      hallmark_status status =
          hallmark_request_choose_row(alone[row], logits[0][row], VOCABULARY, rows[row].uniform, &choice);
      CHECK((int32_t)status == rows[row].status);
      if (status != HALLMARK_OK) continue;
      CHECK(choice.token == rows[row].choice.token && choice.marked == rows[row].choice.marked);
      CHECK(hallmark_request_accept(alone[row], choice.token) == HALLMARK_OK);
    }
  }
  CHECK(hallmark_step_rows(NULL, 0, 0) == 0 && hallmark_step_rows(NULL, 2, 0) == 2);
  for (int row = 0; row < ROWS; row++) {
    hallmark_request_free(alone[row]);
    hallmark_request_free(together[row]);
  }
}

/* bfloat16 is the upper half of a float. */
static void halve(uint16_t *to, const float *from, size_t length) {
  for (size_t at = 0; at < length; at++) {
    uint32_t bits;
    memcpy(&bits, &from[at], sizeof bits);
    to[at] = (uint16_t)(bits >> 16);
  }
}

static void widen(float *to, const uint16_t *from, size_t length) {
  for (size_t at = 0; at < length; at++) {
    uint32_t bits = (uint32_t)from[at] << 16;
    memcpy(&to[at], &bits, sizeof bits);
  }
}

/* Candidates, half precision and a bias in one step are what single calls make of them. */
static void mixed_steps(const hallmark_mark *mark, const hallmark_mark *green) {
  hallmark_request *alone = request_of(mark, 0);
  const int64_t begun[] = {5, 6, 8};
  CHECK(hallmark_request_accept_all(alone, begun, 3) == HALLMARK_OK);
  static float wide[VOCABULARY], again[VOCABULARY];
  static uint16_t half[VOCABULARY];
  uint32_t candidates[VOCABULARY];
  fill(again);
  halve(half, again, VOCABULARY);
  widen(wide, half, VOCABULARY);
  memcpy(again, wide, sizeof wide);
  for (uint32_t token = 0; token < VOCABULARY; token++) candidates[token] = token;
  hallmark_row rows[4];
  memset(rows, 0, sizeof rows);
  for (int row = 0; row < 4; row++) {
    rows[row].request = hallmark_request_clone(alone);
    rows[row].length = VOCABULARY;
    rows[row].uniform = 0.5;
  }
  rows[0].logits = half;
  rows[0].format = HALLMARK_BF16;
  rows[1].logits = wide;
  rows[1].candidates = candidates + 100;
  rows[1].length = 50;
  rows[2].logits = wide + 500;
  rows[2].format = 77;
  rows[3].candidates = candidates;
  CHECK(hallmark_step_rows(rows, 4, 1) == 2);
  CHECK(rows[2].status == HALLMARK_BAD_ARGUMENT && rows[3].status == HALLMARK_BAD_ARGUMENT);
  hallmark_choice choice;
  float few[50];
  memcpy(few, again, sizeof few);
  CHECK(hallmark_request_choose(alone, candidates + 100, few, 50, 0.5, &choice) == HALLMARK_OK);
  CHECK(rows[1].status == HALLMARK_OK && rows[1].choice.token == choice.token && rows[1].choice.marked);
  CHECK(choice.token >= 100 && choice.token < 150 && rows[1].choice.index + 100 == choice.token);
  CHECK(hallmark_request_choose_row(alone, again, VOCABULARY, 0.5, &choice) == HALLMARK_OK);
  CHECK(rows[0].status == HALLMARK_OK && rows[0].choice.token == choice.token && rows[0].choice.marked);
  for (int row = 0; row < 4; row++) hallmark_request_free(rows[row].request);
  hallmark_request_free(alone);

  hallmark_request *biased = request_of(green, 0);
  fill(again);
  halve(half, again, VOCABULARY);
  memset(rows, 0, sizeof rows);
  for (int row = 0; row < 3; row++) {
    rows[row].request = row == 2 ? request_of(mark, 0) : request_of(green, 0);
    rows[row].logits = half;
    rows[row].length = VOCABULARY;
    rows[row].format = HALLMARK_BF16;
  }
  /* Not open yet: nothing is touched. A mark that is no bias is an error, and a bias has no candidates. */
  static uint16_t before[VOCABULARY];
  memcpy(before, half, sizeof half);
  rows[1].candidates = candidates;
  CHECK(hallmark_step_bias(rows, 3) == 2);
  CHECK(rows[0].status == HALLMARK_OK && rows[0].choice.marked == 0 && memcmp(before, half, sizeof half) == 0);
  CHECK(rows[1].status == HALLMARK_BAD_ARGUMENT && rows[2].status == HALLMARK_BAD_ROW);
  CHECK(hallmark_request_accept(rows[0].request, 3) == HALLMARK_OK && hallmark_request_accept(biased, 3) == HALLMARK_OK);
  widen(again, half, VOCABULARY);
  uint32_t marked = 0;
  CHECK(hallmark_request_bias_row(biased, again, VOCABULARY, &marked) == HALLMARK_OK && marked == 1);
  CHECK(hallmark_step_bias(rows, 1) == 0 && rows[0].choice.marked == 1);
  widen(wide, half, VOCABULARY);
  for (int token = 0; token < VOCABULARY; token++) {
    /* What is written back has eight bits. */
    CHECK(again[token] == wide[token] || fabsf(again[token] - wide[token]) <= 0.005f * fabsf(again[token]));
  }
  CHECK(memcmp(before, half, sizeof half) != 0 && isinf(wide[7]));
  for (int row = 0; row < 3; row++) hallmark_request_free(rows[row].request);
  hallmark_request_free(biased);
}

/* A child that was forked has none of its parent's threads, and makes its own. */
static void forked(const hallmark_mark *mark) {
  fflush(stdout);
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    alarm(60);
    steps(mark);
    _exit(0);
  }
  int status = 1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static double detected(const hallmark_mark *mark, const uint32_t *tokens) {
  hallmark_found found;
  char error[256];
  CHECK(hallmark_detect(mark, tokens, LENGTH, &found, error, sizeof error) == HALLMARK_OK);
  CHECK(found.scored > 300 && found.expected > 300.0);
  return found.log10_p;
}

int main(void) {
  CHECK(hallmark_abi_version() == HALLMARK_ABI_VERSION);
  hallmark_mark *mark = mark_of(PROFILE, KEY);
  hallmark_mark *other = mark_of(PROFILE, OTHER_KEY);
  hallmark_mark *ring = mark_of(RING, KEY);
  hallmark_mark *green = mark_of(GREEN, KEY);
  CHECK(hallmark_mark_sub_keys(mark) == 1 && hallmark_mark_sub_keys(ring) == 4);
  CHECK(hallmark_mark_sub_keys(NULL) == 0 && hallmark_mark_vocabulary(NULL) == 0);
  CHECK(hallmark_mark_vocabulary(mark) == VOCABULARY);
  /* A ring's sub-key is chosen by its caller. */
  hallmark_request *none = NULL;
  hallmark_request_init unsaid = {0};
  unsaid.struct_size = sizeof unsaid;
  CHECK(hallmark_request_new(ring, &unsaid, &none, NULL, 0) == HALLMARK_CANNOT_MARK);
  wrong_arguments(mark);
  bad_rows(mark);
  states(mark);
  steps(mark);
  hallmark_threads(1);
  steps(ring);
  hallmark_threads(3);
  steps(ring);
  forked(ring);
  mixed_steps(mark, green);

  uint32_t tokens[LENGTH];
  whole_rows(mark, tokens);
  printf("log10 p: %.1f under its key, %.1f under another\n", detected(mark, tokens), detected(other, tokens));
  CHECK(detected(mark, tokens) < -20.0 && detected(other, tokens) > -4.0);
  hallmark_found found;
  CHECK(hallmark_detect(mark, tokens, 1, &found, NULL, 0) == HALLMARK_OK && found.scored == 0 && found.log10_p == 0.0);
  tokens[5] = 0xFFFFFFFF;
  CHECK(hallmark_detect(mark, tokens, LENGTH, &found, NULL, 0) == HALLMARK_BAD_ROW);

  /* A bias leaves the choice to the engine. */
  hallmark_request *biased = request_of(green, 0);
  float logits[VOCABULARY], before[VOCABULARY];
  uint32_t marked = 9;
  fill(logits);
  memcpy(before, logits, sizeof logits);
  CHECK(hallmark_request_bias_row(biased, logits, VOCABULARY, &marked) == HALLMARK_OK && marked == 0);
  CHECK(memcmp(before, logits, sizeof logits) == 0);
  CHECK(hallmark_request_accept(biased, 3) == HALLMARK_OK);
  CHECK(hallmark_request_bias_row(biased, logits, VOCABULARY, &marked) == HALLMARK_OK && marked == 1);
  CHECK(memcmp(before, logits, sizeof logits) != 0 && isinf(logits[7]));
  hallmark_request_free(biased);

  hallmark_mark_free(green);
  hallmark_mark_free(ring);
  hallmark_mark_free(other);
  hallmark_mark_free(mark);
  printf("all is well\n");
  return 0;
}
