// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// SHA-1 (RFC 3174), by which scripts are named.

#include <string.h>

#include "engine.h"

static uint32_t rotated(uint32_t word, int count) {
    return word << count | word >> (32 - count);
}

static void add_block(uint32_t hash[5], const unsigned char *block) {
    uint32_t words[80];
    for (int index = 0; index < 16; index++) {
        const unsigned char *bytes = block + index * 4;
        words[index] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16
            | (uint32_t)bytes[2] << 8 | bytes[3];
    }
    for (int index = 16; index < 80; index++) {
        words[index] = rotated(
            words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1);
    }
    uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4];
    for (int index = 0; index < 80; index++) {
        uint32_t mixed, constant;
        if (index < 20) {
            mixed = (b & c) | (~b & d);
            constant = 0x5A827999;
        } else if (index < 40) {
            mixed = b ^ c ^ d;
            constant = 0x6ED9EBA1;
        } else if (index < 60) {
            mixed = (b & c) | (b & d) | (c & d);
            constant = 0x8F1BBCDC;
        } else {
            mixed = b ^ c ^ d;
            constant = 0xCA62C1D6;
        }
        uint32_t next = rotated(a, 5) + mixed + e + constant + words[index];
        e = d;
        d = c;
        c = rotated(b, 30);
        b = a;
        a = next;
    }
    hash[0] += a;
    hash[1] += b;
    hash[2] += c;
    hash[3] += d;
    hash[4] += e;
}

void clua_sha1(clua_bytes bytes, char *digits) {
    uint32_t hash[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    const unsigned char *start = bytes.start;
    size_t whole = bytes.count / 64 * 64;
    for (size_t offset = 0; offset < whole; offset += 64) add_block(hash, start + offset);
    unsigned char rest[128] = {0};
    size_t rest_count = bytes.count - whole;
    if (rest_count > 0) memcpy(rest, start + whole, rest_count);
    rest[rest_count] = 0x80;
    size_t end = rest_count < 56 ? 64 : 128;
    uint64_t bit_count = (uint64_t)bytes.count * 8;
    for (int index = 0; index < 8; index++) {
        rest[end - 1 - (size_t)index] = (unsigned char)(bit_count >> (index * 8));
    }
    for (size_t offset = 0; offset < end; offset += 64) add_block(hash, rest + offset);
    for (int index = 0; index < 40; index++) {
        digits[index] = "0123456789abcdef"[hash[index / 8] >> (28 - index % 8 * 4) & 15];
    }
}
