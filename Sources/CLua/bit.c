// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The library `bit`, with the semantics of Lua BitOp: numbers are taken modulo 2^32, results are
// signed.

#include <string.h>

#include "engine.h"

/// Adding 2^52 + 2^51 moves a number's whole part into the low bits of its representation.
static uint32_t bits_of(lua_State *state, int index) {
    double shifted = luaL_checknumber(state, index) + 6755399441055744.0;
    uint64_t representation;
    memcpy(&representation, &shifted, sizeof representation);
    return (uint32_t)representation;
}

static int push_bits(lua_State *state, uint32_t bits) {
    lua_pushnumber(state, (int32_t)bits);
    return 1;
}

static int tobit(lua_State *state) { return push_bits(state, bits_of(state, 1)); }

static int bnot(lua_State *state) { return push_bits(state, ~bits_of(state, 1)); }

static int band(lua_State *state) {
    uint32_t bits = bits_of(state, 1);
    for (int index = lua_gettop(state); index > 1; index--) bits &= bits_of(state, index);
    return push_bits(state, bits);
}

static int bor(lua_State *state) {
    uint32_t bits = bits_of(state, 1);
    for (int index = lua_gettop(state); index > 1; index--) bits |= bits_of(state, index);
    return push_bits(state, bits);
}

static int bxor(lua_State *state) {
    uint32_t bits = bits_of(state, 1);
    for (int index = lua_gettop(state); index > 1; index--) bits ^= bits_of(state, index);
    return push_bits(state, bits);
}

static int lshift(lua_State *state) {
    uint32_t bits = bits_of(state, 1);
    return push_bits(state, bits << (bits_of(state, 2) & 31));
}

static int rshift(lua_State *state) {
    uint32_t bits = bits_of(state, 1);
    return push_bits(state, bits >> (bits_of(state, 2) & 31));
}

static int arshift(lua_State *state) {
    int32_t bits = (int32_t)bits_of(state, 1);
    return push_bits(state, (uint32_t)(bits >> (bits_of(state, 2) & 31)));
}

static int rol(lua_State *state) {
    uint32_t bits = bits_of(state, 1), count = bits_of(state, 2) & 31;
    return push_bits(state, bits << count | bits >> (-count & 31));
}

static int ror(lua_State *state) {
    uint32_t bits = bits_of(state, 1), count = bits_of(state, 2) & 31;
    return push_bits(state, bits >> count | bits << (-count & 31));
}

static int bswap(lua_State *state) {
    return push_bits(state, __builtin_bswap32(bits_of(state, 1)));
}

/// A negative count of digits asks for capital letters.
static int tohex(lua_State *state) {
    uint32_t bits = bits_of(state, 1);
    int32_t count = lua_isnoneornil(state, 2) ? 8 : (int32_t)bits_of(state, 2);
    const char *digits = "0123456789abcdef";
    if (count < 0) {
        digits = "0123456789ABCDEF";
        count = count < -8 ? 8 : -count;
    }
    if (count > 8) count = 8;
    char text[8];
    for (int index = count - 1; index >= 0; index--) {
        text[index] = digits[bits & 15];
        bits >>= 4;
    }
    lua_pushlstring(state, text, (size_t)count);
    return 1;
}

static const luaL_Reg functions[] = {
    {"tobit", tobit}, {"bnot", bnot}, {"band", band}, {"bor", bor},
    {"bxor", bxor}, {"lshift", lshift}, {"rshift", rshift}, {"arshift", arshift},
    {"rol", rol}, {"ror", ror}, {"bswap", bswap}, {"tohex", tohex}, {NULL, NULL},
};

int clua_open_bit(lua_State *state) {
    lua_newtable(state);
    luaL_register(state, NULL, functions);
    return 1;
}
