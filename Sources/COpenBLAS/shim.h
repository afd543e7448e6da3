// CBLAS, LAPACKE and OpenBLAS's own controls, as Debian installs them.
#pragma once
#include <cblas.h>
#include <lapacke.h>

// Where a loaded symbol lives. The C library has this as `Dl_info` and `dladdr`, but glibc shows them
// to GNU sources only, which Swift's importer is not; hence the same function under a name of ours.
struct cohort_symbol_home {
  const char *path;
  void *base;
  const char *symbol;
  void *address;
};
#if defined(__APPLE__)
int cohort_symbol_home_of(const void *address, struct cohort_symbol_home *home) __asm__("_dladdr");
#else
int cohort_symbol_home_of(const void *address, struct cohort_symbol_home *home) __asm__("dladdr");
#endif
