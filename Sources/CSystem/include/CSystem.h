// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors
//
// C declarations that Swift's Glibc module lacks, and arithmetic that Swift lacks.

#ifndef CSYSTEM_H
#define CSYSTEM_H

#include "CRC32C.h"

#include <malloc.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>

// A long double, which Swift has on some machines only.
typedef struct {
    unsigned char bytes[sizeof(long double)];
} csystem_long_double;

// The digits of the largest one, its point and 17 digits behind it.
#define CSYSTEM_LONG_DOUBLE_CHARS (5 * 1024)

// Reads all of the text, which ends in a zero behind `count` bytes.
bool csystem_long_double_read(const char *text, size_t count, csystem_long_double *number);
csystem_long_double csystem_long_double_add(csystem_long_double a, csystem_long_double b);
bool csystem_long_double_is_finite(csystem_long_double number);
// The number times 1000, rounded up and within the range of the result.
int64_t csystem_long_double_in_thousandths(csystem_long_double number);
// Writes %.17Lf without zeros at its end; returns the length.
size_t csystem_long_double_write(csystem_long_double number, char *text, size_t capacity);

// accept4(2), a _GNU_SOURCE function: the socket is non-blocking and closes on exec.
int csystem_accept(int listener, struct sockaddr *address, socklen_t *length);

#endif
