// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors
//
// C declarations that Swift's Glibc module lacks. Declarations only, no logic.

#ifndef CSYSTEM_H
#define CSYSTEM_H

#include "CRC32C.h"

#include <malloc.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>

// accept4(2), a _GNU_SOURCE function: the socket is non-blocking and closes on exec.
int csystem_accept(int listener, struct sockaddr *address, socklen_t *length);

#endif
