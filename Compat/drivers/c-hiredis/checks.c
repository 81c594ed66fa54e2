// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#define _GNU_SOURCE
#include "checks.h"

#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failureCount = 0;
static const char *volatile lastCheck = "the start";

static void deadlinePassed(int signal) {
    (void)signal;
    const char *parts[] = {"FAIL deadline: expected an end, got a hang after ", lastCheck, "\n"};
    for (int i = 0; i < 3; i++) {
        if (write(STDOUT_FILENO, parts[i], strlen(parts[i])) < 0) break;
    }
    _exit(1);
}

void startDeadline(unsigned seconds) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGALRM, deadlinePassed);
    alarm(seconds);
}

char *text(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *result = NULL;
    if (vasprintf(&result, format, arguments) < 0) abort();
    va_end(arguments);
    return result;
}

static char *quoted(const char *bytes, size_t count) {
    char *result = malloc(count * 4 + 3), *end = result;
    *end++ = '"';
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (isprint(byte)) *end++ = (char)byte;
        else end += sprintf(end, "\\x%02x", byte);
    }
    *end++ = '"';
    *end = 0;
    return result;
}

char *describe(const redisReply *reply) {
    if (reply == NULL) return "no reply";
    switch (reply->type) {
    case REDIS_REPLY_STATUS: return text("+%s", reply->str);
    case REDIS_REPLY_ERROR: return text("-%s", reply->str);
    case REDIS_REPLY_INTEGER: return text(":%lld", reply->integer);
    case REDIS_REPLY_STRING: return quoted(reply->str, reply->len);
    case REDIS_REPLY_NIL: return "nil";
    case REDIS_REPLY_ARRAY: break;
    default: return text("type %d", reply->type);
    }
    char *result = "[";
    for (size_t i = 0; i < reply->elements; i++) {
        result = text("%s%s%s", result, i ? ", " : "", describe(reply->element[i]));
    }
    return text("%s]", result);
}

void expectText(const char *check, const char *expected, const char *got) {
    lastCheck = check;
    if (strcmp(expected, got) == 0) {
        printf("ok %s\n", check);
    } else {
        printf("FAIL %s: expected %s got %s\n", check, expected, got);
        failureCount++;
    }
}

void expectReply(const char *check, const char *expected, void *reply) {
    expectText(check, expected, describe(reply));
    freeReplyObject(reply);
}

int exitStatus(void) { return failureCount == 0 ? 0 : 1; }
