-- SPDX-License-Identifier: Apache-2.0
-- Copyright the Martlet authors

-- redis-lua: one connection subscribes, another publishes.

local redis = require('redis')

local DEADLINE_SECONDS = 20
local binary = '\0\r\n\255*1\r\n'
-- Lua has no process id; the address of a table and the clock tell runs apart.
local prefix = string.format('martlet:lua:%s:%d', tostring({}):match('0x(%x+)'), os.time())
local news, pattern = prefix .. ':news', prefix .. ':*'
local failure_count, last_check = 0, 'the start'

local function text(value)
    if type(value) == 'string' then
        return '"' .. value:gsub('[^ -~]', function(byte)
            return ('\\%03d'):format(byte:byte())
        end) .. '"'
    elseif type(value) ~= 'table' then
        return tostring(value)
    end
    local parts = {}
    for index = 1, table.maxn(value) do
        parts[index] = text(value[index])
    end
    return '{' .. table.concat(parts, ', ') .. '}'
end

local function equal(check, expected, got)
    last_check = check
    if text(expected) == text(got) then
        print('ok ' .. check)
    else
        failure_count = failure_count + 1
        print(('FAIL %s: expected %s got %s'):format(check, text(expected), text(got)))
    end
end

-- Every read and write of the connection fails after the deadline.
local function connection(parameters)
    parameters = parameters or { host = os.getenv('HOST'), port = tonumber(os.getenv('PORT')) }
    parameters.timeout = DEADLINE_SECONDS
    return redis.connect(parameters)
end

local function check_commands(client)
    -- The client sends a command that it does not define once it is told of it.
    redis.commands.nosuch = redis.command('NOSUCH')
    redis.commands.client = redis.command('CLIENT')
    equal('ping', true, client:ping())
    equal('echo', binary, client:echo(binary))
    equal('info', '7', client:info('server').server.redis_version:sub(1, 1))
    equal('pipeline', { 'one', 'two' }, (client:pipeline(function(pipeline)
        pipeline:echo('one')
        pipeline:echo('two')
    end)))
    equal('multi', { 0, 'done' }, (client:transaction(function(transaction)
        transaction:publish(news, 'in multi')
        transaction:echo('done')
    end)))
end

local function check_raw_commands(client)
    equal('setname', true, client:client('SETNAME', prefix))
    equal('getname', prefix, client:client('GETNAME'))
    local _, message = pcall(client.nosuch, client, 'a')
    equal('unknown-command', "ERR unknown command 'NOSUCH'",
        tostring(message):match("ERR unknown command '%w+'") or message)
end

local function check_pubsub(subscriber, publisher)
    local messages = subscriber:pubsub({ subscribe = news, psubscribe = pattern })
    local abort
    local function next_message()
        local message
        message, abort = messages()
        return { message.kind, message.pattern or '-', message.channel, message.payload }
    end
    equal('subscribe', { 'subscribe', '-', news, 1 }, next_message())
    equal('psubscribe', { 'psubscribe', '-', pattern, 2 }, next_message())
    equal('publish', 2, publisher:publish(news, 'hello'))
    equal('message', { 'message', '-', news, 'hello' }, next_message())
    equal('pmessage', { 'pmessage', pattern, news, 'hello' }, next_message())
    equal('publish-binary', 2, publisher:publish(news, binary))
    equal('message-binary', { 'message', '-', news, binary }, next_message())
    equal('pmessage-binary', { 'pmessage', pattern, news, binary }, next_message())
    equal('publish-pattern', 1, publisher:publish(prefix .. ':other', 'x'))
    equal('pmessage-pattern', { 'pmessage', pattern, prefix .. ':other', 'x' }, next_message())

    -- Sends UNSUBSCRIBE and PUNSUBSCRIBE; the loop ends with the last confirmation.
    abort()
    equal('unsubscribe', { 'unsubscribe', '-', news, 1 }, next_message())
    equal('punsubscribe', nil, (messages()))
    equal('publish-after-unsubscribe', 0, publisher:publish(news, 'x'))
    equal('commands-again', 'x', subscriber:echo('x'))
end

local function run()
    local publisher, subscriber = connection(), connection()
    equal('connect', true, publisher:ping() and subscriber:ping())
    check_commands(publisher)
    check_raw_commands(connection())
    check_pubsub(subscriber, publisher)
    equal('unix-socket', true,
        connection({ scheme = 'unix', path = os.getenv('UNIX_SOCKET') }):ping())
    equal('quit', true, publisher:quit())
    equal('closed', false, (pcall(publisher.ping, publisher)))
end

local finished, message = pcall(run)
if not finished then
    equal('exception after ' .. last_check, 'none', message)
end
os.exit(failure_count == 0 and 0 or 1)
