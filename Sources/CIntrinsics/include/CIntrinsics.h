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
