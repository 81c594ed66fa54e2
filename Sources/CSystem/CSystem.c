// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#define _GNU_SOURCE
#include "CSystem.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int csystem_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static long double value_of(csystem_long_double number) {
    long double value;
    memcpy(&value, number.bytes, sizeof(value));
    return value;
}

static csystem_long_double number_of(long double value) {
    csystem_long_double number;
    memcpy(number.bytes, &value, sizeof(value));
    return number;
}

bool csystem_long_double_read(const char *text, size_t count, csystem_long_double *number) {
    if (count == 0 || count >= CSYSTEM_LONG_DOUBLE_CHARS || isspace((unsigned char)text[0])) {
        return false;
    }
    char *end;
    errno = 0;
    long double value = strtold(text, &end);
    if (end != text + count || isnan(value)) return false;
    if (errno == ERANGE && (isinf(value) || value == 0)) return false;
    *number = number_of(value);
    return true;
}

csystem_long_double csystem_long_double_add(csystem_long_double a, csystem_long_double b) {
    return number_of(value_of(a) + value_of(b));
}

bool csystem_long_double_is_finite(csystem_long_double number) {
    return isfinite(value_of(number));
}

int64_t csystem_long_double_in_thousandths(csystem_long_double number) {
    long double value = ceill(value_of(number) * 1000);
    if (value >= (long double)INT64_MAX) return INT64_MAX;
    return value <= (long double)INT64_MIN ? INT64_MIN : (int64_t)value;
}

size_t csystem_long_double_write(csystem_long_double number, char *text, size_t capacity) {
    int length = snprintf(text, capacity, "%.17Lf", value_of(number));
    if (length <= 0 || (size_t)length >= capacity) return 0;
    if (strchr(text, '.') != NULL) {
        while (text[length - 1] == '0') length -= 1;
        if (text[length - 1] == '.') length -= 1;
    }
    if (length == 2 && text[0] == '-' && text[1] == '0') {
        text[0] = '0';
        length = 1;
    }
    return (size_t)length;
}
