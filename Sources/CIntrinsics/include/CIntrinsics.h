// The few instructions Swift cannot express, as inlined functions over the vector types that Swift
// imports as SIMD4<Double> and SIMD8<Float>. Every function has an AVX2 and a NEON body with the
// same result; nothing here branches, allocates or calls.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

typedef double cohort_f64x4 __attribute__((vector_size(32)));

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
