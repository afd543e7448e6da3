// The few instructions Swift cannot express, as inlined functions over the vector types that Swift
// imports as SIMD4<Double> and SIMD8<Float>. Every function has an AVX2 body and a portable body
// with the same result; nothing here branches, allocates or calls, except for settings of the
// allocator, which Swift's view of the C library leaves out.
#pragma once

#include <stdint.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef double cohort_f64x4 __attribute__((vector_size(32)));
typedef float cohort_f32x8 __attribute__((vector_size(32)));
typedef int32_t cohort_i32x8 __attribute__((vector_size(32)));
typedef int32_t cohort_i32x4 __attribute__((vector_size(16)));
typedef uint8_t cohort_u8x32 __attribute__((vector_size(32)));

#define COHORT_INLINE static inline __attribute__((always_inline))

/// Elementwise square root.
COHORT_INLINE cohort_f64x4 cohort_sqrt_f64x4(cohort_f64x4 x) {
#if defined(__x86_64__)
  return (cohort_f64x4)_mm256_sqrt_pd((__m256d)x);
#else
  return (cohort_f64x4){__builtin_sqrt(x[0]), __builtin_sqrt(x[1]), __builtin_sqrt(x[2]),
                        __builtin_sqrt(x[3])};
#endif
}

/// Elementwise square root.
COHORT_INLINE cohort_f32x8 cohort_sqrt_f32x8(cohort_f32x8 x) {
#if defined(__x86_64__)
  return (cohort_f32x8)_mm256_sqrt_ps((__m256)x);
#else
  cohort_f32x8 root;
  for (int lane = 0; lane < 8; lane++) root[lane] = __builtin_sqrtf(x[lane]);
  return root;
#endif
}

/// Whole numbers as the nearest floats.
COHORT_INLINE cohort_f32x8 cohort_f32_from_i32x8(cohort_i32x8 x) {
  return __builtin_convertvector(x, cohort_f32x8);
}

/// The nearest floats of `low` and `high`, in that order.
COHORT_INLINE cohort_f32x8 cohort_f32_from_f64x4(cohort_f64x4 low, cohort_f64x4 high) {
  typedef float f32x4 __attribute__((vector_size(16)));
  const f32x4 a = __builtin_convertvector(low, f32x4), b = __builtin_convertvector(high, f32x4);
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
}

/// The first four floats in double precision.
COHORT_INLINE cohort_f64x4 cohort_f64_from_low_f32x8(cohort_f32x8 x) {
  return __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1, 2, 3), cohort_f64x4);
}

/// The last four floats in double precision.
COHORT_INLINE cohort_f64x4 cohort_f64_from_high_f32x8(cohort_f32x8 x) {
  return __builtin_convertvector(__builtin_shufflevector(x, x, 4, 5, 6, 7), cohort_f64x4);
}

/// Elementwise minimum; `b` where either operand is NaN.
COHORT_INLINE cohort_f32x8 cohort_min_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
#if defined(__x86_64__)
  return (cohort_f32x8)_mm256_min_ps((__m256)a, (__m256)b);
#else
  cohort_i32x8 below = (cohort_i32x8)(a < b);
  return (cohort_f32x8)(((cohort_i32x8)a & below) | ((cohort_i32x8)b & ~below));
#endif
}

/// Elementwise maximum; `b` where either operand is NaN.
COHORT_INLINE cohort_f32x8 cohort_max_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
#if defined(__x86_64__)
  return (cohort_f32x8)_mm256_max_ps((__m256)a, (__m256)b);
#else
  cohort_i32x8 above = (cohort_i32x8)(a > b);
  return (cohort_f32x8)(((cohort_i32x8)a & above) | ((cohort_i32x8)b & ~above));
#endif
}

/// Bit i is set where `a[i] <= b[i]`, or where either is NaN.
COHORT_INLINE uint32_t cohort_not_above_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
#if defined(__x86_64__)
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_NGT_UQ));
#else
  uint32_t bits = 0;
  for (int lane = 0; lane < 8; lane++) bits |= (uint32_t)(!(a[lane] > b[lane])) << lane;
  return bits;
#endif
}

/// Bit i is set where `a[i] <= b[i]`; never where either is NaN.
COHORT_INLINE uint32_t cohort_at_most_f64x4(cohort_f64x4 a, cohort_f64x4 b) {
#if defined(__x86_64__)
  return (uint32_t)_mm256_movemask_pd(_mm256_cmp_pd((__m256d)a, (__m256d)b, _CMP_LE_OQ));
#else
  uint32_t bits = 0;
  for (int lane = 0; lane < 4; lane++) bits |= (uint32_t)(a[lane] <= b[lane]) << lane;
  return bits;
#endif
}

/// Elementwise maximum; `b` where either operand is NaN.
COHORT_INLINE cohort_f64x4 cohort_max_f64x4(cohort_f64x4 a, cohort_f64x4 b) {
#if defined(__x86_64__)
  return (cohort_f64x4)_mm256_max_pd((__m256d)a, (__m256d)b);
#else
  cohort_f64x4 greater;
  for (int lane = 0; lane < 4; lane++) greater[lane] = a[lane] > b[lane] ? a[lane] : b[lane];
  return greater;
#endif
}

/// Bit i is set where `a[i] != b[i]`.
COHORT_INLINE uint32_t cohort_differ_i32x4(cohort_i32x4 a, cohort_i32x4 b) {
#if defined(__x86_64__)
  return (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32((__m128i)a, (__m128i)b))) ^ 15u;
#else
  uint32_t bits = 0;
  for (int lane = 0; lane < 4; lane++) bits |= (uint32_t)(a[lane] != b[lane]) << lane;
  return bits;
#endif
}

/// Bit i is set where `a[i] == b[i]`.
COHORT_INLINE uint32_t cohort_equal_u8x32(cohort_u8x32 a, cohort_u8x32 b) {
#if defined(__x86_64__)
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8((__m256i)a, (__m256i)b));
#else
  uint32_t bits = 0;
  for (int lane = 0; lane < 32; lane++) bits |= (uint32_t)(a[lane] == b[lane]) << lane;
  return bits;
#endif
}

/// Lane i of the result is lane `from[i]` of `x`, from 0 to 7.
COHORT_INLINE cohort_i32x8 cohort_permute_i32x8(cohort_i32x8 x, cohort_i32x8 from) {
#if defined(__x86_64__)
  return (cohort_i32x8)_mm256_permutevar8x32_epi32((__m256i)x, (__m256i)from);
#else
  cohort_i32x8 permuted;
  for (int lane = 0; lane < 8; lane++) permuted[lane] = x[from[lane] & 7];
  return permuted;
#endif
}

/// Lanes 0, 1, 4, 5 of `a` and `b`, alternating: a0 b0 a1 b1 a4 b4 a5 b5.
COHORT_INLINE cohort_f32x8 cohort_interleave_low_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
}

/// Lanes 2, 3, 6, 7 of `a` and `b`, alternating: a2 b2 a3 b3 a6 b6 a7 b7.
COHORT_INLINE cohort_f32x8 cohort_interleave_high_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
  return __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
}

/// The first pair of each half: a0 a1 b0 b1 a4 a5 b4 b5.
COHORT_INLINE cohort_f32x8 cohort_first_pairs_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
  return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
}

/// The second pair of each half: a2 a3 b2 b3 a6 a7 b6 b7.
COHORT_INLINE cohort_f32x8 cohort_second_pairs_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
  return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
}

/// The low halves: a0 a1 a2 a3 b0 b1 b2 b3.
COHORT_INLINE cohort_f32x8 cohort_low_halves_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
}

/// The high halves: a4 a5 a6 a7 b4 b5 b6 b7.
COHORT_INLINE cohort_f32x8 cohort_high_halves_f32x8(cohort_f32x8 a, cohort_f32x8 b) {
  return __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
}

/// Hints that the cache line at `address` will be read soon.
COHORT_INLINE void cohort_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Tells the core that this is a spin-wait loop.
COHORT_INLINE void cohort_spin_hint(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/// 1 if this CPU and its operating system run the vector code of this build: AVX2 and FMA on x86-64
/// (with the wide registers saved across task switches), always on arm64.
COHORT_INLINE int cohort_has_vector_unit(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const unsigned fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28;
  if ((c & (fma | osxsave | avx)) != (fma | osxsave | avx)) return 0;
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6u) != 6u) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return (b >> 5) & 1;
#else
  return 1;
#endif
}

/// Bit i is set where byte i of the 64 at `bytes` equals `byte`.
COHORT_INLINE unsigned long long cohort_matches_u8x64(const unsigned char *bytes,
                                                      unsigned char byte) {
#if defined(__x86_64__)
  const __m256i wanted = _mm256_set1_epi8((char)byte);
  const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
  const unsigned l = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
  const unsigned h = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
  return (unsigned long long)h << 32 | l;
#elif defined(__aarch64__)
  const uint8x16_t wanted = vdupq_n_u8(byte);
  const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t a = vandq_u8(vceqq_u8(vld1q_u8(bytes), wanted), weights);
  const uint8x16_t b = vandq_u8(vceqq_u8(vld1q_u8(bytes + 16), wanted), weights);
  const uint8x16_t c = vandq_u8(vceqq_u8(vld1q_u8(bytes + 32), wanted), weights);
  const uint8x16_t d = vandq_u8(vceqq_u8(vld1q_u8(bytes + 48), wanted), weights);
  const uint8x16_t sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
#endif
}

/// Bit i is set where byte i of the 64 at `bytes` is 128 or more.
COHORT_INLINE unsigned long long cohort_high_bits_u8x64(const unsigned char *bytes) {
#if defined(__x86_64__)
  const __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  const __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
  return (unsigned long long)(unsigned)_mm256_movemask_epi8(high) << 32 |
         (unsigned)_mm256_movemask_epi8(low);
#elif defined(__aarch64__)
  const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t limit = vdupq_n_u8(128);
  const uint8x16_t a = vandq_u8(vcgeq_u8(vld1q_u8(bytes), limit), weights);
  const uint8x16_t b = vandq_u8(vcgeq_u8(vld1q_u8(bytes + 16), limit), weights);
  const uint8x16_t c = vandq_u8(vcgeq_u8(vld1q_u8(bytes + 32), limit), weights);
  const uint8x16_t d = vandq_u8(vcgeq_u8(vld1q_u8(bytes + 48), limit), weights);
  const uint8x16_t sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
#endif
}

/// Bit i is set where byte i of the 16 at `bytes` equals `byte`.
COHORT_INLINE unsigned cohort_matches_u8x16(const unsigned char *bytes, unsigned char byte) {
#if defined(__x86_64__)
  const __m128i found = _mm_loadu_si128((const __m128i *)(const void *)bytes);
  return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_set1_epi8((char)byte)));
#elif defined(__aarch64__)
  const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t found = vandq_u8(vceqq_u8(vld1q_u8(bytes), vdupq_n_u8(byte)), weights);
  return vaddv_u8(vget_low_u8(found)) | (unsigned)vaddv_u8(vget_high_u8(found)) << 8;
#endif
}

typedef uint8_t cohort_u8x32 __attribute__((vector_size(32)));

/// All bits of byte i are set where byte i of the 32 at `bytes`, less `low`, is above `span`.
COHORT_INLINE cohort_u8x32 cohort_outside_u8x32(const unsigned char *bytes, unsigned char low,
                                                unsigned char span) {
#if defined(__x86_64__)
  const __m256i keys = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
  const __m256i shifted = _mm256_sub_epi8(keys, _mm256_set1_epi8((char)low));
  const __m256i limit = _mm256_set1_epi8((char)span);
  const __m256i inside = _mm256_cmpeq_epi8(_mm256_max_epu8(shifted, limit), limit);
  return (cohort_u8x32)_mm256_xor_si256(inside, _mm256_set1_epi8(-1));
#else
  cohort_u8x32 outside;
  for (int i = 0; i < 32; i++) outside[i] = (unsigned char)(bytes[i] - low) > span ? 255 : 0;
  return outside;
#endif
}

/// Bytes 8 q … 8 q + 7, each widened to 32 bits with its sign.
COHORT_INLINE cohort_i32x8 cohort_widen_quarter_i8x32(cohort_u8x32 bytes, int q) {
  typedef int8_t i8x8 __attribute__((vector_size(8)));
  typedef int64_t i64x4 __attribute__((vector_size(32)));
  const int64_t word = ((i64x4)bytes)[q];
  return __builtin_convertvector((i8x8)(word), cohort_i32x8);
}

/// Gives every allocation of at least `own` bytes pages of its own, which go back to the system when it
/// is freed, keeps up to `kept` bytes of smaller ones for the next, and asks the system for that many at
/// a time; does nothing where the C library has no such settings.
COHORT_INLINE void cohort_own_pages_from(int own, int kept) {
#if defined(__GLIBC__)
  (void)mallopt(M_MMAP_THRESHOLD, own);
  (void)mallopt(M_TRIM_THRESHOLD, kept);
  (void)mallopt(M_TOP_PAD, kept);
#else
  (void)own;
  (void)kept;
#endif
}
