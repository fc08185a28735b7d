#ifndef ATELIER_VECTOR_CLONES_H
#define ATELIER_VECTOR_CLONES_H

// A function so marked is compiled for three instruction sets, of which one is chosen when the program is loaded.
#if defined(__x86_64__) && defined(__linux__)
#define VECTOR_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define VECTOR_CLONES
#endif

#endif
