// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#ifndef CSYSTEM_CRC32C_H
#define CSYSTEM_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli; RFC 3720, B.4) of `bytes`, continued from the CRC of what precedes them;
// 0 at the start. With the processor's instruction where it has one.
uint32_t csystem_crc32c(uint32_t crc, const void *bytes, size_t count);

// The same without the instruction, for processors that lack it.
uint32_t csystem_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

#endif
