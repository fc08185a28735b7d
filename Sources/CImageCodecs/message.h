#ifndef ATELIER_IMAGE_MESSAGE_H
#define ATELIER_IMAGE_MESSAGE_H

#include "image_codecs.h"
#include <stdio.h>

static inline void atelier_set_message(char *message, const char *text) {
    snprintf(message, ATELIER_IMAGE_MESSAGE, "%s", text ? text : "");
}

#endif
