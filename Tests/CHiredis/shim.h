// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// hiredis 0.14 (Debian 12) and 1.x under one face: 1.0 brought RESP3 and with it the reply
// types, the push callbacks and the fields that 0.14 does not declare.

#ifndef CHIREDIS_SHIM_H
#define CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <hiredis/async.h>

// The reply types of RESP3, at the values that 1.x gives them.
#if HIREDIS_MAJOR < 1
#define REDIS_REPLY_DOUBLE 7
#define REDIS_REPLY_BOOL 8
#define REDIS_REPLY_MAP 9
#define REDIS_REPLY_SET 10
#define REDIS_REPLY_ATTR 11
#define REDIS_REPLY_PUSH 12
#define REDIS_REPLY_BIGNUM 13
#define REDIS_REPLY_VERB 14
#endif

static const int chiredis_major = HIREDIS_MAJOR;

typedef void (chiredis_push_fn)(void *privdata, void *reply);
typedef void (chiredis_async_push_fn)(struct redisAsyncContext *context, void *reply);

/// The value of a RESP3 double, 0 where the library knows none.
static inline double chiredis_reply_double(const redisReply *reply) {
#if HIREDIS_MAJOR >= 1
    return reply->dval;
#else
    (void)reply;
    return 0;
#endif
}

/// The three letters of a verbatim string's format, empty where the library knows none.
static inline const char *chiredis_reply_format(const redisReply *reply) {
#if HIREDIS_MAJOR >= 1
    return reply->vtype;
#else
    (void)reply;
    return "";
#endif
}

/// redisSetPushCallback with its private data; does nothing before 1.0.
static inline void chiredis_set_push_callback(redisContext *context, chiredis_push_fn *fn,
                                              void *privdata) {
#if HIREDIS_MAJOR >= 1
    context->privdata = privdata;
    redisSetPushCallback(context, fn);
#else
    (void)context;
    (void)fn;
    (void)privdata;
#endif
}

/// redisAsyncSetPushCallback; does nothing before 1.0.
static inline void chiredis_async_set_push_callback(redisAsyncContext *context,
                                                    chiredis_async_push_fn *fn) {
#if HIREDIS_MAJOR >= 1
    redisAsyncSetPushCallback(context, fn);
#else
    (void)context;
    (void)fn;
#endif
}

#endif
