#ifndef ATELIER_IMAGE_CODECS_H
#define ATELIER_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

#endif
