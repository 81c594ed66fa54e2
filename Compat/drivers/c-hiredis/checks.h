// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#ifndef CHECKS_H
#define CHECKS_H

#include <hiredis/hiredis.h>

// Replies are compared as text, so that a check states the whole reply in one
// line: +status, -error, :integer, "string" with \xNN escapes, nil, [array].

/// Ends the run with a FAIL line when it hangs.
void startDeadline(unsigned seconds);

/// Formatted text that lives until the process ends.
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// The reply as text; a NULL reply is a closed connection.
char *describe(const redisReply *reply);

/// Prints `ok check`, or the FAIL line and counts it.
void expectText(const char *check, const char *expected, const char *got);

/// Compares a reply and frees it.
void expectReply(const char *check, const char *expected, void *reply);

/// 0 when every check passed.
int exitStatus(void);

/// The checks of the asynchronous interface, in async.c.
void checkAsync(const char *host, int port, const char *prefix);

#endif
