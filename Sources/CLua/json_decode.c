// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// cjson.decode: a recursive descent over tokens. It is as lenient with numbers as strtod(3).

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"

typedef enum {
    object_begin, object_end, array_begin, array_end, string, number, boolean, null, colon, comma,
    end, invalid
} token_type;

/// As errors name them.
static const char *const token_names[] = {
    "T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER", "T_BOOLEAN",
    "T_NULL", "T_COLON", "T_COMMA", "T_END", "T_ERROR",
};

typedef struct {
    token_type type;
    /// Where it begins, or where what is wrong is.
    const char *place;
    double number;
    bool boolean;
    const char *error;
} token;

/// The text ends in a zero, as all strings of Lua.
typedef struct {
    lua_State *state;
    const json_settings *settings;
    const char *text;
    const char *next;
    /// What the string of a token is decoded into.
    clua_buffer *buffer;
    int depth;
} decoder;

// MARK: Tokens

static void fail(token *token, const char *place, const char *error) {
    token->type = invalid;
    token->place = place;
    token->error = error;
}

/// Four hexadecimal digits; -1 if they are not there.
static int hexadecimal(const char *text) {
    int value = 0;
    for (int index = 0; index < 4; index++) {
        char byte = text[index];
        int digit = byte >= '0' && byte <= '9' ? byte - '0'
            : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
            : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void append_utf8(decoder *decoder, int code) {
    char bytes[4];
    size_t count = 0;
    if (code < 0x80) {
        bytes[count++] = (char)code;
    } else if (code < 0x800) {
        bytes[count++] = (char)(0xC0 | code >> 6);
        bytes[count++] = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        bytes[count++] = (char)(0xE0 | code >> 12);
        bytes[count++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[count++] = (char)(0x80 | (code & 0x3F));
    } else {
        bytes[count++] = (char)(0xF0 | code >> 18);
        bytes[count++] = (char)(0x80 | (code >> 12 & 0x3F));
        bytes[count++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[count++] = (char)(0x80 | (code & 0x3F));
    }
    clua_append(decoder->state, decoder->buffer, bytes, count);
}

/// Decodes `\uXXXX`, two of them for a surrogate pair. False if it is none.
static bool take_unicode(decoder *decoder) {
    int code = hexadecimal(decoder->next + 2);
    if (code < 0) return false;
    decoder->next += 6;
    if ((code & 0xF800) == 0xD800) {
        if (code >= 0xDC00 || decoder->next[0] != '\\' || decoder->next[1] != 'u') return false;
        int low = hexadecimal(decoder->next + 2);
        if (low < 0 || (low & 0xFC00) != 0xDC00) return false;
        decoder->next += 6;
        code = 0x10000 + ((code & 0x3FF) << 10 | (low & 0x3FF));
    }
    append_utf8(decoder, code);
    return true;
}

static bool take_escape(decoder *decoder, token *token) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char letter = decoder->next[1];
    if (letter == 'u') {
        const char *place = decoder->next;
        if (take_unicode(decoder)) return true;
        fail(token, place, "invalid unicode escape code");
        return false;
    }
    const char *found = letter == 0 ? NULL : strchr(letters, letter);
    if (found == NULL) {
        fail(token, decoder->next, "invalid escape code");
        return false;
    }
    clua_append_byte(decoder->state, decoder->buffer, meanings[found - letters]);
    decoder->next += 2;
    return true;
}

static void take_string(decoder *decoder, token *token) {
    decoder->next += 1;
    clua_buffer_clear(decoder->buffer);
    while (*decoder->next != '"') {
        if (*decoder->next == 0) {
            return fail(token, decoder->next, "unexpected end of string");
        }
        if (*decoder->next == '\\') {
            if (!take_escape(decoder, token)) return;
        } else {
            clua_append_byte(decoder->state, decoder->buffer, *decoder->next++);
        }
    }
    decoder->next += 1;
    token->type = string;
}

/// Whether a number stands here that strtod reads and JSON does not have.
static bool is_foreign_number(const char *text) {
    if (*text == '+') return true;
    if (*text == '-') text++;
    if (*text == '0') return (text[1] | 0x20) == 'x' || (text[1] >= '0' && text[1] <= '9');
    return strncasecmp(text, "inf", 3) == 0 || strncasecmp(text, "nan", 3) == 0;
}

static void take_number(decoder *decoder, token *token) {
    char *behind;
    token->number = strtod(decoder->next, &behind);
    if (behind == decoder->next) return fail(token, decoder->next, "invalid number");
    token->type = number;
    decoder->next = behind;
}

static bool take_word(decoder *decoder, const char *word) {
    size_t count = strlen(word);
    if (strncmp(decoder->next, word, count) != 0) return false;
    decoder->next += count;
    return true;
}

static void take_other(decoder *decoder, token *token) {
    bool allows_foreign = decoder->settings->decode_invalid_numbers;
    char byte = *decoder->next;
    if (byte == '-' || (byte >= '0' && byte <= '9')) {
        if (!allows_foreign && is_foreign_number(decoder->next)) {
            return fail(token, decoder->next, "invalid number");
        }
        take_number(decoder, token);
    } else if (take_word(decoder, "true")) {
        token->type = boolean;
        token->boolean = true;
    } else if (take_word(decoder, "false")) {
        token->type = boolean;
        token->boolean = false;
    } else if (take_word(decoder, "null")) {
        token->type = null;
    } else if (allows_foreign && is_foreign_number(decoder->next)) {
        take_number(decoder, token);
    } else {
        fail(token, decoder->next, "invalid token");
    }
}

static void take_token(decoder *decoder, token *token) {
    while (*decoder->next == ' ' || *decoder->next == '\t' || *decoder->next == '\n'
           || *decoder->next == '\r') {
        decoder->next++;
    }
    token->place = decoder->next;
    switch (*decoder->next) {
    case 0: token->type = end; return;
    case '{': token->type = object_begin; break;
    case '}': token->type = object_end; break;
    case '[': token->type = array_begin; break;
    case ']': token->type = array_end; break;
    case ':': token->type = colon; break;
    case ',': token->type = comma; break;
    case '"': take_string(decoder, token); return;
    default: take_other(decoder, token); return;
    }
    decoder->next++;
}

// MARK: Values

static void expected(decoder *decoder, const char *what, const token *found) {
    const char *name = found->type == invalid ? found->error : token_names[found->type];
    luaL_error(
        decoder->state, "Expected %s but found %s at character %d", what, name,
        (int)(found->place - decoder->text) + 1);
}

static void push_value(decoder *decoder, token *first);

static void push_string(decoder *decoder) {
    lua_pushlstring(decoder->state, decoder->buffer->start, decoder->buffer->count);
}

static void push_object(decoder *decoder) {
    token token;
    lua_newtable(decoder->state);
    take_token(decoder, &token);
    if (token.type == object_end) return;
    while (true) {
        if (token.type != string) expected(decoder, "object key string", &token);
        push_string(decoder);
        take_token(decoder, &token);
        if (token.type != colon) expected(decoder, "colon", &token);
        take_token(decoder, &token);
        push_value(decoder, &token);
        lua_rawset(decoder->state, -3);
        take_token(decoder, &token);
        if (token.type == object_end) return;
        if (token.type != comma) expected(decoder, "comma or object end", &token);
        take_token(decoder, &token);
    }
}

static void push_array(decoder *decoder) {
    token token;
    lua_newtable(decoder->state);
    take_token(decoder, &token);
    if (token.type == array_end) return;
    for (int index = 1;; index++) {
        push_value(decoder, &token);
        lua_rawseti(decoder->state, -2, index);
        take_token(decoder, &token);
        if (token.type == array_end) return;
        if (token.type != comma) expected(decoder, "comma or array end", &token);
        take_token(decoder, &token);
    }
}

static void descend(decoder *decoder) {
    decoder->depth++;
    if (decoder->depth > decoder->settings->decode_depth_max
        || !lua_checkstack(decoder->state, 3)) {
        luaL_error(
            decoder->state, "Found too many nested data structures (%d) at character %d",
            decoder->depth, (int)(decoder->next - decoder->text));
    }
}

/// Pushes the value that begins with a token.
static void push_value(decoder *decoder, token *first) {
    switch (first->type) {
    case string: push_string(decoder); break;
    case number: lua_pushnumber(decoder->state, first->number); break;
    case boolean: lua_pushboolean(decoder->state, first->boolean); break;
    case null: lua_pushlightuserdata(decoder->state, NULL); break;
    case object_begin:
        descend(decoder);
        push_object(decoder);
        decoder->depth--;
        break;
    case array_begin:
        descend(decoder);
        push_array(decoder);
        decoder->depth--;
        break;
    default: expected(decoder, "value", first);
    }
}

int clua_json_decode(lua_State *state) {
    luaL_argcheck(state, lua_gettop(state) == 1, 1, "expected 1 argument");
    size_t count;
    const char *text = luaL_checklstring(state, 1, &count);
    if (count >= 2 && (text[0] == 0 || text[1] == 0)) {
        return luaL_error(state, "JSON parser does not support UTF-16 or UTF-32");
    }
    decoder decoder = {
        state, clua_json_settings(state), text, text, &clua_engine_of(state)->scratch, 0};
    clua_buffer_clear(decoder.buffer);
    token token;
    take_token(&decoder, &token);
    push_value(&decoder, &token);
    take_token(&decoder, &token);
    if (token.type != end) expected(&decoder, "the end", &token);
    return 1;
}
