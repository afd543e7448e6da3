// CBLAS, LAPACKE and OpenBLAS's own controls, as Debian installs them.
#pragma once
#include <cblas.h>
#include <lapacke.h>
