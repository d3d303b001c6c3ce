// Loss and gradient of the transformer of model.py on one core, several times as fast as XLA there:
// matrix products by the BLAS of NumPy, attention in blocks of queries whose weights are computed again on the way back.

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 64  // queries at a time
#define EPSILON 1e-6f

typedef int64_t Int;  // of scipy_cblas_sgemm64_
typedef void (*Gemm)(int, int, int, Int, Int, Int, float, const float *, Int, const float *, Int, float, float *, Int);
typedef struct {
  int layers, width, heads, vocabulary;
} Shape;
// One pointer an array of model.init, in this order; a layer's part follows that of the layer before.
typedef struct {
  float *embedding, *qkv, *out, *up, *down, *norm1, *norm2, *norm, *head;
} Arrays;

static Gemm gemm;
enum { ROWS = 101, PLAIN = 111, TRANSPOSED = 112 };

// c[m, n] = a[m, k] b[k, n] + keep c, each with the length of its rows in memory.
static void nn(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float keep, float *c, int ldc) {
  gemm(ROWS, PLAIN, PLAIN, m, n, k, 1, a, lda, b, ldb, keep, c, ldc);
}
// b stands as [n, k].
static void nt(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float keep, float *c, int ldc) {
  gemm(ROWS, PLAIN, TRANSPOSED, m, n, k, 1, a, lda, b, ldb, keep, c, ldc);
}
// a stands as [k, m].
static void tn(int m, int n, int k, const float *a, int lda, const float *b, int ldb, float keep, float *c, int ldc) {
  gemm(ROWS, TRANSPOSED, PLAIN, m, n, k, 1, a, lda, b, ldb, keep, c, ldc);
}

// y = x / sqrt(mean(x²) + ε) · gain; inverse[row] is what x is multiplied by.
static void normalise(int rows, int width, const float *x, const float *gain, float *inverse, float *y) {
  for (int i = 0; i < rows; i++, x += width, y += width) {
    float sum = 0;
    for (int j = 0; j < width; j++) sum += x[j] * x[j];
    float r = inverse[i] = 1 / sqrtf(sum / width + EPSILON);
    for (int j = 0; j < width; j++) y[j] = x[j] * r * gain[j];
  }
}

// Adds to dx and dgain; dy is read.
static void normalise_back(int rows, int width, const float *x, const float *gain, const float *inverse, const float *dy, float *dx, float *dgain) {
  for (int i = 0; i < rows; i++, x += width, dy += width, dx += width) {
    float r = inverse[i], dot = 0;
    for (int j = 0; j < width; j++) {
      dot += dy[j] * gain[j] * x[j];
      dgain[j] += dy[j] * x[j] * r;
    }
    float share = dot * r * r * r / width;
    for (int j = 0; j < width; j++) dx[j] += r * dy[j] * gain[j] - share * x[j];
  }
}

// Turns the queries and keys of [rows, 3 width] by their positions (turn = 1), or gradients back (−1); queries also times scale.
static void rotate(int rows, int time, Shape s, const float *cosine, const float *sine, float turn, float scale, float *qkv) {
  int head = s.width / s.heads, half = head / 2;
  for (int i = 0; i < rows; i++, qkv += 3 * s.width) {
    const float *c = cosine + i % time * half, *n = sine + i % time * half;
    for (int h = 0; h < 2 * s.heads; h++) {
      float *a = qkv + h * head, *b = a + half, by = h < s.heads ? scale : 1;
      for (int j = 0; j < half; j++) {
        float u = a[j], v = b[j];
        a[j] = (u * c[j] - turn * v * n[j]) * by;
        b[j] = (turn * u * n[j] + v * c[j]) * by;
      }
    }
  }
}

// Of one head of one sequence; q, k, v stand in rows of 3 width, mixed in rows of width. log_sum[time]: of the exponentials.
static void attend(int time, int width, int head, const float *q, float *scratch, float *log_sum, float *mixed) {
  const float *k = q + width, *v = k + width;
  for (int from = 0; from < time; from += BLOCK) {
    int rows = time - from < BLOCK ? time - from : BLOCK, keys = from + rows;
    nt(rows, keys, head, q + (size_t)from * 3 * width, 3 * width, k, 3 * width, 0, scratch, keys);
    for (int i = 0; i < rows; i++) {
      float *row = scratch + (size_t)i * keys, most = row[0], sum = 0;
      int seen = from + i + 1;
      for (int j = 1; j < seen; j++) most = row[j] > most ? row[j] : most;
      for (int j = 0; j < seen; j++) sum += row[j] = expf(row[j] - most);
      float share = 1 / sum;
      for (int j = 0; j < seen; j++) row[j] *= share;
      memset(row + seen, 0, (keys - seen) * sizeof(float));
      log_sum[from + i] = most + logf(sum);
    }
    nn(rows, head, keys, scratch, keys, v, 3 * width, 0, mixed + (size_t)from * width, width);
  }
}

static void attend_back(int time, int width, int head, const float *q, const float *log_sum, const float *mixed, const float *dmixed, float *scratch, float *dq) {
  const float *k = q + width, *v = k + width;
  float *dk = dq + width, *dv = dk + width, *shares = scratch, *dshares = scratch + (size_t)BLOCK * time;
  for (int from = 0; from < time; from += BLOCK) {
    int rows = time - from < BLOCK ? time - from : BLOCK, keys = from + rows;
    const float *queries = q + (size_t)from * 3 * width, *dout = dmixed + (size_t)from * width, *out = mixed + (size_t)from * width;
    nt(rows, keys, head, queries, 3 * width, k, 3 * width, 0, shares, keys);
    nt(rows, keys, head, dout, width, v, 3 * width, 0, dshares, keys);
    for (int i = 0; i < rows; i++) {
      float *row = shares + (size_t)i * keys, less = log_sum[from + i];
      int seen = from + i + 1;
      for (int j = 0; j < seen; j++) row[j] = expf(row[j] - less);
      memset(row + seen, 0, (keys - seen) * sizeof(float));
    }
    tn(keys, head, rows, shares, keys, dout, width, 1, dv, 3 * width);
    for (int i = 0; i < rows; i++) {
      float *row = shares + (size_t)i * keys, *drow = dshares + (size_t)i * keys, dot = 0;
      for (int j = 0; j < head; j++) dot += out[(size_t)i * width + j] * dout[(size_t)i * width + j];
      for (int j = 0; j < keys; j++) drow[j] = row[j] * (drow[j] - dot);
    }
    nn(rows, head, keys, dshares, keys, k, 3 * width, 1, dq + (size_t)from * 3 * width, 3 * width);
    tn(keys, head, rows, dshares, keys, queries, 3 * width, 1, dk, 3 * width);
  }
}

static float *take(float **memory, size_t count) {
  float *at = *memory;
  *memory += count;
  return at;
}

// Sum of the bits of the targets; adds their gradient times weight to g unless g is null. inputs, targets: [batch, time].
double transformer(Gemm product, Shape s, const Arrays *p, const Arrays *g, const int32_t *inputs, const int32_t *targets, int batch, int time, float weight) {
  gemm = product;
  int n = batch * time, w = s.width, inner = 4 * w, head = w / s.heads, half = head / 2, kept = g ? s.layers : 1;
  size_t nw = (size_t)n * w;
  size_t floats = kept * (11 * nw + 2 * (size_t)n + (size_t)n * s.heads) + 3 * nw + n + (size_t)n * s.vocabulary + 2 * (size_t)BLOCK * time + (size_t)time * head + 13 * nw;
  float *memory = malloc(floats * sizeof(float)), *rest = memory;
  float *cosine = take(&rest, (size_t)time * half), *sine = take(&rest, (size_t)time * half);
  for (int t = 0; t < time; t++)
    for (int j = 0; j < half; j++) {
      double angle = t * pow(10000, -(double)j / half);
      cosine[t * half + j] = cos(angle), sine[t * half + j] = sin(angle);
    }
  float *scratch = take(&rest, 2 * (size_t)BLOCK * time), *logits = take(&rest, (size_t)n * s.vocabulary);
  float *hidden = take(&rest, 4 * nw), *dhidden = take(&rest, 4 * nw), *dqkv = take(&rest, 3 * nw), *dx = take(&rest, nw), *dy = take(&rest, nw);
  float *x = take(&rest, nw), *last = take(&rest, nw), *inverse = take(&rest, n), *middle = take(&rest, nw);
  struct {
    float *x, *normed1, *qkv, *mixed, *middle, *normed2, *up, *inverse1, *inverse2, *log_sum;
  } kept_of[16];
  for (int l = 0; l < kept; l++) {
    kept_of[l].x = take(&rest, nw), kept_of[l].normed1 = take(&rest, nw), kept_of[l].qkv = take(&rest, 3 * nw), kept_of[l].mixed = take(&rest, nw);
    kept_of[l].normed2 = take(&rest, nw), kept_of[l].up = take(&rest, 4 * nw);
    kept_of[l].inverse1 = take(&rest, n), kept_of[l].inverse2 = take(&rest, n), kept_of[l].log_sum = take(&rest, (size_t)n * s.heads);
  }
  float scale = 1 / sqrtf(head);
  for (int i = 0; i < n; i++) memcpy(x + (size_t)i * w, p->embedding + (size_t)inputs[i] * w, w * sizeof(float));
  for (int l = 0; l < s.layers; l++) {
    int k = g ? l : 0;
    float *qkv = kept_of[k].qkv, *up = kept_of[k].up;
    memcpy(kept_of[k].x, x, nw * sizeof(float));
    normalise(n, w, x, p->norm1 + l * w, kept_of[k].inverse1, kept_of[k].normed1);
    nn(n, 3 * w, w, kept_of[k].normed1, w, p->qkv + (size_t)l * w * 3 * w, 3 * w, 0, qkv, 3 * w);
    rotate(n, time, s, cosine, sine, 1, scale, qkv);
    for (int b = 0; b < batch; b++)
      for (int h = 0; h < s.heads; h++) {
        size_t row = (size_t)b * time;
        attend(time, w, head, qkv + row * 3 * w + h * head, scratch, kept_of[k].log_sum + (row * s.heads + (size_t)h * time), kept_of[k].mixed + row * w + h * head);
      }
    nn(n, w, w, kept_of[k].mixed, w, p->out + (size_t)l * w * w, w, 1, x, w);
    normalise(n, w, x, p->norm2 + l * w, kept_of[k].inverse2, kept_of[k].normed2);
    nn(n, inner, w, kept_of[k].normed2, w, p->up + (size_t)l * w * inner, inner, 0, up, inner);
    for (size_t i = 0; i < 4 * nw; i++) up[i] = up[i] > 0 ? up[i] : 0, hidden[i] = up[i] * up[i];
    nn(n, w, inner, hidden, inner, p->down + (size_t)l * w * inner, w, 1, x, w);
  }
  normalise(n, w, x, p->norm, inverse, last);
  int v = s.vocabulary;
  nn(n, v, w, last, w, p->head, v, 0, logits, v);
  double bits = 0;
  for (int i = 0; i < n; i++) {
    float *row = logits + (size_t)i * v, most = row[0], sum = 0;
    for (int j = 1; j < v; j++) most = row[j] > most ? row[j] : most;
    bits -= row[targets[i]] - most;
    for (int j = 0; j < v; j++) sum += row[j] = expf(row[j] - most);
    bits += log(sum);
    float share = weight / sum;
    for (int j = 0; j < v; j++) row[j] *= share;
    row[targets[i]] -= weight;
  }
  if (g) {
    for (size_t i = 0; i < (size_t)n * v; i++) logits[i] *= (float)(1 / M_LN2);
    tn(w, v, n, last, w, logits, v, 1, g->head, v);
    nt(n, w, v, logits, v, p->head, v, 0, dy, w);
    memset(dx, 0, nw * sizeof(float));
    normalise_back(n, w, x, p->norm, inverse, dy, dx, g->norm);
    for (int l = s.layers - 1; l >= 0; l--) {
      float *up = kept_of[l].up, *qkv = kept_of[l].qkv;
      for (size_t i = 0; i < 4 * nw; i++) hidden[i] = up[i] * up[i];
      tn(inner, w, n, hidden, inner, dx, w, 1, g->down + (size_t)l * w * inner, w);
      nt(n, inner, w, dx, w, p->down + (size_t)l * w * inner, w, 0, dhidden, inner);
      for (size_t i = 0; i < 4 * nw; i++) dhidden[i] *= 2 * up[i];
      tn(w, inner, n, kept_of[l].normed2, w, dhidden, inner, 1, g->up + (size_t)l * w * inner, inner);
      nt(n, w, inner, dhidden, inner, p->up + (size_t)l * w * inner, inner, 0, dy, w);
      // What stood before the second half of the layer: the normed value over gain and inverse.
      const float *gain = p->norm2 + l * w;
      for (int i = 0; i < n; i++)
        for (int j = 0; j < w; j++) middle[(size_t)i * w + j] = kept_of[l].normed2[(size_t)i * w + j] / (gain[j] * kept_of[l].inverse2[i]);
      normalise_back(n, w, middle, gain, kept_of[l].inverse2, dy, dx, g->norm2 + l * w);
      tn(w, w, n, kept_of[l].mixed, w, dx, w, 1, g->out + (size_t)l * w * w, w);
      nt(n, w, w, dx, w, p->out + (size_t)l * w * w, w, 0, dy, w);
      memset(dqkv, 0, 3 * nw * sizeof(float));
      for (int b = 0; b < batch; b++)
        for (int h = 0; h < s.heads; h++) {
          size_t row = (size_t)b * time;
          attend_back(time, w, head, qkv + row * 3 * w + h * head, kept_of[l].log_sum + (row * s.heads + (size_t)h * time), kept_of[l].mixed + row * w + h * head, dy + row * w + h * head, scratch, dqkv + row * 3 * w + h * head);
        }
      rotate(n, time, s, cosine, sine, -1, scale, dqkv);
      tn(w, 3 * w, n, kept_of[l].normed1, w, dqkv, 3 * w, 1, g->qkv + (size_t)l * w * 3 * w, 3 * w);
      nt(n, w, 3 * w, dqkv, 3 * w, p->qkv + (size_t)l * w * 3 * w, 3 * w, 0, dy, w);
      normalise_back(n, w, kept_of[l].x, p->norm1 + l * w, kept_of[l].inverse1, dy, dx, g->norm1 + l * w);
    }
    for (int i = 0; i < n; i++)
      for (int j = 0; j < w; j++) g->embedding[(size_t)inputs[i] * w + j] += dx[(size_t)i * w + j];
  }
  free(memory);
  return bits / M_LN2;
}
