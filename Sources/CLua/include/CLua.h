// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Lua 5.1 for scripts
//
//   Swift ─▶ clua_run ─▶ lua_cpcall ─▶ the script ─▶ redis.call ─▶ clua_host.call ─▶ Swift
//                │                                        ▲              │
//                ▼                                        ╰── RESP ◀─────╯
//         the reply, as RESP
//
// Lua raises errors by longjmp, which must not cross a Swift frame. So every function of Lua that
// can raise is called here, under a protected call that is made here as well, and what Swift is
// called for are plain functions that return: a failure is a value. Replies of commands come as
// RESP and become Lua's values here; a script's result leaves as RESP.
//
// An engine is used by one thread at a time.

#ifndef CLUA_H
#define CLUA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct clua_bytes {
    const void *_Nullable start;
    size_t count;
} clua_bytes;

/// What a function says of itself when it is registered.
enum clua_function_flag {
    CLUA_NO_WRITES = 1 << 0,
    CLUA_ALLOW_OOM = 1 << 1,
    CLUA_ALLOW_STALE = 1 << 2,
    CLUA_NO_CLUSTER = 1 << 3,
    CLUA_ALLOW_CROSS_SLOT_KEYS = 1 << 4,
};

/// A function of a library.
typedef struct clua_function {
    clua_bytes name;
    /// NULL if there is none.
    clua_bytes description;
    int flags;
    /// To be run as a script is, and to be released.
    int script;
} clua_function;

/// What scripts need of the server.
typedef struct clua_host {
    void *_Nullable context;
    /// Executes a command. The reply, in protocol version 2 or 3, stays where it is until the next
    /// call.
    clua_bytes (*_Nonnull call)(
        void *_Nullable context, const clua_bytes *_Nonnull arguments, int count, int version);
    /// Called now and then while a script runs: whether it is to end.
    bool (*_Nonnull interrupt)(void *_Nullable context);
    /// Writes a line to the log; 0 (debug) to 3 (warning).
    void (*_Nonnull log)(void *_Nullable context, int level, clua_bytes line);
    /// Whether there is such a command.
    bool (*_Nonnull knows)(
        void *_Nullable context, const clua_bytes *_Nonnull arguments, int count);
    /// Adds a function to the library that is loaded. Returns why not, or NULL.
    const char *_Nullable (*_Nonnull register_function)(
        void *_Nullable context, const clua_function *_Nonnull function);
    /// Writes a number in its shortest form; at most 32 bytes.
    int (*_Nonnull format)(double number, char *_Nonnull text);
    /// What scripts see as redis.REDIS_VERSION, and as a number.
    const char *_Nonnull version;
    int version_number;
} clua_host;

typedef struct clua_engine clua_engine;

/// - Parameter runs_functions: whether it is for libraries of functions, not for scripts.
/// - Returns: NULL if there is no memory.
clua_engine *_Nullable clua_create(const clua_host *_Nonnull host, bool runs_functions);
void clua_destroy(clua_engine *_Nonnull engine);

/// What Lua has allocated, in bytes.
size_t clua_memory(const clua_engine *_Nonnull engine);

/// Compiles a script.
///
/// - Returns: its number, or a negative one; then `error` is the reason, until the next call.
int clua_compile(
    clua_engine *_Nonnull engine, clua_bytes source, clua_bytes *_Nonnull error);

/// Runs the code of a library, whose functions are registered with the host.
///
/// - Returns: why it failed, until the next call; nothing if it did not.
clua_bytes clua_load_library(clua_engine *_Nonnull engine, clua_bytes code);

/// Forgets a function.
void clua_release(clua_engine *_Nonnull engine, int script);

typedef struct clua_run_options {
    /// What `clua_compile` returned, or a function's.
    int script;
    /// How errors name it.
    clua_bytes name;
    /// KEYS and behind them ARGV.
    const clua_bytes *_Nonnull arguments;
    int key_count;
    int argument_count;
    /// The client's protocol version.
    int version;
} clua_run_options;

/// Runs a script, which finds its arguments in KEYS and ARGV, or a function, which is given them.
///
/// - Returns: its reply, an error perhaps, until the next call.
clua_bytes clua_run(clua_engine *_Nonnull engine, const clua_run_options *_Nonnull options);

/// Writes the 40 hexadecimal digits of the bytes' SHA-1.
void clua_sha1(clua_bytes bytes, char *_Nonnull digits);

#endif
