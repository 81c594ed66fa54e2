// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#ifndef CLUA_JSON_H
#define CLUA_JSON_H

#include "engine.h"

/// What the setters of `cjson` change. Each table of the library has its own.
typedef struct json_settings {
    int sparse_convert;
    int sparse_ratio;
    int sparse_safe;
    int encode_depth_max;
    int decode_depth_max;
    int precision;
    /// 0: an error; 1: as C writes them; 2: null.
    int encode_invalid_numbers;
    int decode_invalid_numbers;
    int keeps_buffer;
} json_settings;

int clua_json_encode(lua_State *state);
int clua_json_decode(lua_State *state);
json_settings *clua_json_settings(lua_State *state);

#endif
