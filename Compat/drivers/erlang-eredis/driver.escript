#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%% Copyright the Martlet authors

%% eredis for commands, eredis_sub for subscriptions, which come as Erlang messages.

-mode(compile).
-define(BINARY, <<0, "\r\n", 255, "*1\r\n">>).

main(_) ->
    Run = self(),
    %% eredis keeps reconnecting for ever: this ends a run that hangs.
    spawn(fun() ->
        Reference = monitor(process, Run),
        receive {'DOWN', Reference, process, Run, _} -> ok
        after 20000 -> fail("deadline", "an end", "a hang"), erlang:halt(1)
        end
    end),
    put(failure_count, 0),
    try run() catch Class:Reason:Stack ->
        equal("exception", none, {Class, Reason, Stack})
    end,
    halt(min(1, get(failure_count))).

equal(Check, Expected, Expected) ->
    io:format("ok ~s~n", [Check]);
equal(Check, Expected, Got) ->
    put(failure_count, get(failure_count) + 1),
    fail(Check, Expected, Got).

fail(Check, Expected, Got) ->
    io:format("FAIL ~s: expected ~0tp got ~0tp~n", [Check, Expected, Got]).

run() ->
    Host = os:getenv("HOST"),
    Port = list_to_integer(os:getenv("PORT")),
    Prefix = list_to_binary("martlet:eredis:" ++ os:getpid()),
    {ok, Client} = eredis:start_link(Host, Port, 0, "", no_reconnect),
    {ok, Subscriber} = eredis_sub:start_link(Host, Port, "", no_reconnect, infinity, drop),
    equal("connect", true, is_process_alive(Client) and is_process_alive(Subscriber)),
    check_commands(Client, Prefix),
    eredis_sub:controlling_process(Subscriber),
    check_channel(Client, Subscriber, <<Prefix/binary, ":news">>),
    check_pattern(Client, Subscriber, Prefix),
    {ok, Local} = eredis:start_link({local, os:getenv("UNIX_SOCKET")}, 0),
    equal("unix-socket", {ok, <<"PONG">>}, eredis:q(Local, ["PING"])),
    equal("quit", {ok, <<"OK">>}, eredis:q(Client, ["QUIT"])),
    equal("close", [ok, ok], [eredis_sub:stop(Subscriber), eredis:stop(Local)]).

check_commands(Client, Prefix) ->
    equal("setname", {ok, <<"OK">>}, eredis:q(Client, ["CLIENT", "SETNAME", Prefix])),
    equal("getname", {ok, Prefix}, eredis:q(Client, ["CLIENT", "GETNAME"])),
    equal("ping", {ok, <<"PONG">>}, eredis:q(Client, ["PING"])),
    equal("echo", {ok, ?BINARY}, eredis:q(Client, ["ECHO", ?BINARY])),
    {ok, Info} = eredis:q(Client, ["INFO", "server"]),
    equal("info", true, binary:match(Info, <<"\r\nredis_version:7.">>) =/= nomatch),
    equal("unknown-command",
        {error, <<"ERR unknown command 'nosuch', with args beginning with: 'a' ">>},
        eredis:q(Client, ["nosuch", "a"])),
    equal("pipeline", [{ok, <<"one">>}, {ok, <<"two">>}],
        eredis:qp(Client, [["ECHO", "one"], ["ECHO", "two"]])),
    equal("multi",
        [{ok, <<"OK">>}, {ok, <<"QUEUED">>}, {ok, <<"QUEUED">>}, {ok, [<<"0">>, <<"done">>]}],
        eredis:qp(Client, [["MULTI"], ["PUBLISH", Prefix, "x"], ["ECHO", "done"], ["EXEC"]])).

check_channel(Client, Subscriber, News) ->
    eredis_sub:subscribe(Subscriber, [News]),
    equal("subscribe", {subscribed, News}, next(Subscriber)),
    equal("numsub", {ok, [News, <<"1">>]}, eredis:q(Client, ["PUBSUB", "NUMSUB", News])),
    equal("publish", {ok, <<"1">>}, eredis:q(Client, ["PUBLISH", News, "hello"])),
    equal("message", {message, News, <<"hello">>}, next(Subscriber)),
    equal("publish-binary", {ok, <<"1">>}, eredis:q(Client, ["PUBLISH", News, ?BINARY])),
    equal("message-binary", {message, News, ?BINARY}, next(Subscriber)),
    eredis_sub:unsubscribe(Subscriber, [News]),
    equal("unsubscribe", {unsubscribed, News}, next(Subscriber)),
    equal("publish-after-unsubscribe", {ok, <<"0">>},
        eredis:q(Client, ["PUBLISH", News, "x"])).

check_pattern(Client, Subscriber, Prefix) ->
    Pattern = <<Prefix/binary, ":[a-c]*">>,
    Channel = <<Prefix/binary, ":bird">>,
    eredis_sub:psubscribe(Subscriber, [Pattern]),
    equal("psubscribe", {subscribed, Pattern}, next(Subscriber)),
    equal("publish-pattern", {ok, <<"1">>}, eredis:q(Client, ["PUBLISH", Channel, ?BINARY])),
    equal("pmessage", {pmessage, Pattern, Channel, ?BINARY}, next(Subscriber)),
    eredis_sub:punsubscribe(Subscriber, [Pattern]),
    equal("punsubscribe", {unsubscribed, Pattern}, next(Subscriber)),
    equal("publish-after-punsubscribe", {ok, <<"0">>},
        eredis:q(Client, ["PUBLISH", Channel, "x"])).

%% The next message without the process that sent it; the next one comes only after
%% this one was acknowledged.
next(Subscriber) ->
    receive Message when element(tuple_size(Message), Message) =:= Subscriber ->
        eredis_sub:ack_message(Subscriber),
        erlang:delete_element(tuple_size(Message), Message)
    end.
