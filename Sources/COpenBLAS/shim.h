#include <cblas.h>

/* LAPACK: all eigenvalues, ascending, and eigenvectors of a symmetric matrix, by divide and conquer. */
void dsyevd_(
    const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *iwork, const int *liwork, int *info);
