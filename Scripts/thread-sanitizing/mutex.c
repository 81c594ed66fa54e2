// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Tells the thread sanitizer what Swift's Mutex does
//
// An uncontended lock or unlock is an atomic operation in the program itself, which the sanitizer
// sees. A contended one is a call into the library and the kernel, of which it sees nothing: it
// would report everything that the mutex guards. Preloaded, this stands in front of both calls.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define HANDLE "$s15Synchronization12_MutexHandleV"

// Not there in a program that is not sanitized.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(HANDLE "9_lockSlowyys6UInt32VF");
SWIFT void unlock_slow(SELF) __asm__(HANDLE "11_unlockSlowyyF");

SWIFT void lock_slow(uint32_t thread, SELF) {
    static SWIFT void (*original)(uint32_t, SELF);
    if (!original) original = dlsym(RTLD_NEXT, HANDLE "9_lockSlowyys6UInt32VF");
    original(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF) {
    static SWIFT void (*original)(SELF);
    if (!original) original = dlsym(RTLD_NEXT, HANDLE "11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(mutex);
    original(mutex);
}
