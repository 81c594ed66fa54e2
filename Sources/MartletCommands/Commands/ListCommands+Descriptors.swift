// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension ListCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "lpush", arity: -3, flags: [.write, .denyOutOfMemory, .fast], group: .list,
            since: "1.0.0",
            summary: "Prepends one or more elements to a list. Creates the key if it "
                + "doesn't exist.",
            complexity: "O(1) for each element added, so O(N) to add N elements when the "
                + "command is called with multiple arguments.",
            history: [(since: "2.4.0", change: "Accepts multiple `element` arguments.")],
            categories: [.list], keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("element", .string, .multiple),
            ], keyHandler: lpush),
        CommandDescriptor(
            "rpush", arity: -3, flags: [.write, .denyOutOfMemory, .fast], group: .list,
            since: "1.0.0",
            summary: "Appends one or more elements to a list. Creates the key if it "
                + "doesn't exist.",
            complexity: "O(1) for each element added, so O(N) to add N elements when the "
                + "command is called with multiple arguments.",
            history: [(since: "2.4.0", change: "Accepts multiple `element` arguments.")],
            categories: [.list], keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("element", .string, .multiple),
            ], keyHandler: rpush),
        CommandDescriptor(
            "lpushx", arity: -3, flags: [.write, .denyOutOfMemory, .fast], group: .list,
            since: "2.2.0",
            summary: "Prepends one or more elements to a list only when the list " + "exists.",
            complexity: "O(1) for each element added, so O(N) to add N elements when the "
                + "command is called with multiple arguments.",
            history: [(since: "4.0.0", change: "Accepts multiple `element` arguments.")],
            categories: [.list], keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("element", .string, .multiple),
            ], keyHandler: lpushx),
        CommandDescriptor(
            "rpushx", arity: -3, flags: [.write, .denyOutOfMemory, .fast], group: .list,
            since: "2.2.0",
            summary: "Appends one or more elements to a list only when the list " + "exists.",
            complexity: "O(1) for each element added, so O(N) to add N elements when the "
                + "command is called with multiple arguments.",
            history: [(since: "4.0.0", change: "Accepts multiple `element` arguments.")],
            categories: [.list], keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("element", .string, .multiple),
            ], keyHandler: rpushx),
        CommandDescriptor(
            "lpop", arity: -2, flags: [.write, .fast], group: .list, since: "1.0.0",
            summary: "Returns and removes one or more elements from the beginning of a "
                + "list. Deletes the list if the last element was popped.",
            complexity: "O(N) where N is the number of elements returned",
            history: [(since: "6.2.0", change: "Added the `count` argument.")], categories: [.list],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer, .optional, since: "6.2.0"),
            ], keyHandler: lpop),
        CommandDescriptor(
            "rpop", arity: -2, flags: [.write, .fast], group: .list, since: "1.0.0",
            summary: "Returns and removes one or more elements from the end of a list. "
                + "Deletes the list if the last element was popped.",
            complexity: "O(N) where N is the number of elements returned",
            history: [(since: "6.2.0", change: "Added the `count` argument.")], categories: [.list],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer, .optional, since: "6.2.0"),
            ], keyHandler: rpop),
        CommandDescriptor(
            "llen", arity: 2, flags: [.readOnly, .fast], group: .list, since: "1.0.0",
            summary: "Returns the length of a list.", categories: [.list],
            keys: [KeySpecification([.readOnly], first: 1)],
            arguments: [ArgumentDescription("key", .key, keyIndex: 0)], keyHandler: llen),
        CommandDescriptor(
            "lrange", arity: 4, flags: .readOnly, group: .list, since: "1.0.0",
            summary: "Returns a range of elements from a list.",
            complexity: "O(S+N) where S is the distance of start offset from HEAD for "
                + "small lists, from nearest end (HEAD or TAIL) for large lists; "
                + "and N is the number of elements in the specified range.", categories: [.list],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .integer), ArgumentDescription("stop", .integer),
            ], keyHandler: lrange),
        CommandDescriptor(
            "lindex", arity: 3, flags: .readOnly, group: .list, since: "1.0.0",
            summary: "Returns an element from a list by its index.",
            complexity: "O(N) where N is the number of elements to traverse to get to the "
                + "element at index. This makes asking for the first or the last "
                + "element of the list O(1).", categories: [.list],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("index", .integer),
            ], keyHandler: lindex),
        CommandDescriptor(
            "lset", arity: 4, flags: [.write, .denyOutOfMemory], group: .list, since: "1.0.0",
            summary: "Sets the value of an element in a list by its index.",
            complexity: "O(N) where N is the length of the list. Setting either the first "
                + "or the last element of the list is O(1).", categories: [.list],
            keys: [KeySpecification([.readWrite, .update], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("index", .integer), ArgumentDescription("element", .string),
            ], keyHandler: lset),
        CommandDescriptor(
            "linsert", arity: 5, flags: [.write, .denyOutOfMemory], group: .list, since: "2.2.0",
            summary: "Inserts an element before or after another element in a list.",
            complexity: "O(N) where N is the number of elements to traverse before seeing "
                + "the value pivot. This means that inserting somewhere on the left "
                + "end on the list (head) can be considered O(1) and inserting "
                + "somewhere on the right end (tail) is O(N).", categories: [.list],
            keys: [KeySpecification([.readWrite, .insert], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription(
                    "where", .oneof, [],
                    [
                        ArgumentDescription("before", .pureToken, token: "BEFORE"),
                        ArgumentDescription("after", .pureToken, token: "AFTER"),
                    ]), ArgumentDescription("pivot", .string),
                ArgumentDescription("element", .string),
            ], keyHandler: linsert),
        CommandDescriptor(
            "lrem", arity: 4, flags: .write, group: .list, since: "1.0.0",
            summary: "Removes elements from a list. Deletes the list if the last "
                + "element was removed.",
            complexity: "O(N+M) where N is the length of the list and M is the number of "
                + "elements removed.", categories: [.list],
            keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("count", .integer), ArgumentDescription("element", .string),
            ], keyHandler: lrem),
        CommandDescriptor(
            "ltrim", arity: 4, flags: .write, group: .list, since: "1.0.0",
            summary: "Removes elements from both ends of a list. Deletes the list if "
                + "all elements were trimmed.",
            complexity: "O(N) where N is the number of elements to be removed by the "
                + "operation.", categories: [.list],
            keys: [KeySpecification([.readWrite, .delete], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("start", .integer), ArgumentDescription("stop", .integer),
            ], keyHandler: ltrim),
        CommandDescriptor(
            "lpos", arity: -3, flags: .readOnly, group: .list, since: "6.0.6",
            summary: "Returns the index of matching elements in a list.",
            complexity: "O(N) where N is the number of elements in the list, for the "
                + "average case. When searching for elements near the head or the "
                + "tail of the list, or when the MAXLEN option is provided, the "
                + "command may run in constant time.", categories: [.list],
            keys: [KeySpecification([.readOnly, .access], first: 1)],
            arguments: [
                ArgumentDescription("key", .key, keyIndex: 0),
                ArgumentDescription("element", .string),
                ArgumentDescription("rank", .integer, token: "RANK", .optional),
                ArgumentDescription("num-matches", .integer, token: "COUNT", .optional),
                ArgumentDescription("len", .integer, token: "MAXLEN", .optional),
            ], keyHandler: lpos),
        CommandDescriptor(
            "lmove", arity: 5, flags: [.write, .denyOutOfMemory], group: .list, since: "6.2.0",
            summary: "Returns an element after popping it from one list and pushing it "
                + "to another. Deletes the list if the last element was moved.",
            categories: [.list],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.readWrite, .insert], first: 2),
            ],
            arguments: [
                ArgumentDescription("source", .key, keyIndex: 0),
                ArgumentDescription("destination", .key, keyIndex: 1),
                ArgumentDescription(
                    "wherefrom", .oneof, [],
                    [
                        ArgumentDescription("left", .pureToken, token: "LEFT"),
                        ArgumentDescription("right", .pureToken, token: "RIGHT"),
                    ]),
                ArgumentDescription(
                    "whereto", .oneof, [],
                    [
                        ArgumentDescription("left", .pureToken, token: "LEFT"),
                        ArgumentDescription("right", .pureToken, token: "RIGHT"),
                    ]),
            ], keyHandler: lmove),
        CommandDescriptor(
            "rpoplpush", arity: 3, flags: [.write, .denyOutOfMemory], group: .list, since: "1.2.0",
            summary: "Returns the last element of a list after removing and pushing it "
                + "to another list. Deletes the list if the last element was " + "popped.",
            categories: [.list],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.readWrite, .insert], first: 2),
            ],
            arguments: [
                ArgumentDescription("source", .key, keyIndex: 0),
                ArgumentDescription("destination", .key, keyIndex: 1),
            ], keyHandler: rpoplpush),
        CommandDescriptor(
            "lmpop", arity: -4, flags: [.write, .movableKeys], group: .list, since: "7.0.0",
            summary: "Returns multiple elements from a list after removing them. "
                + "Deletes the list if the last element was popped.",
            complexity: "O(N+M) where N is the number of provided keys and M is the "
                + "number of elements returned.", categories: [.list],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], first: 1, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription(
                    "where", .oneof, [],
                    [
                        ArgumentDescription("left", .pureToken, token: "LEFT"),
                        ArgumentDescription("right", .pureToken, token: "RIGHT"),
                    ]), ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: lmpop),
        CommandDescriptor(
            "blpop", arity: -3, flags: [.write, .noScript, .blocking], group: .list, since: "2.0.0",
            summary: "Removes and returns the first element in a list. Blocks until an "
                + "element is available otherwise. Deletes the list if the last "
                + "element was popped.", complexity: "O(N) where N is the number of provided keys.",
            history: [
                (
                    since: "6.0.0",
                    change: "`timeout` is interpreted as a double instead of an integer."
                )
            ], categories: [.list],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1, lastOffset: -2)],
            arguments: [
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("timeout", .double),
            ], keyHandler: blpop),
        CommandDescriptor(
            "brpop", arity: -3, flags: [.write, .noScript, .blocking], group: .list, since: "2.0.0",
            summary: "Removes and returns the last element in a list. Blocks until an "
                + "element is available otherwise. Deletes the list if the last "
                + "element was popped.", complexity: "O(N) where N is the number of provided keys.",
            history: [
                (
                    since: "6.0.0",
                    change: "`timeout` is interpreted as a double instead of an integer."
                )
            ], categories: [.list],
            keys: [KeySpecification([.readWrite, .access, .delete], first: 1, lastOffset: -2)],
            arguments: [
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription("timeout", .double),
            ], keyHandler: brpop),
        CommandDescriptor(
            "blmove", arity: 6, flags: [.write, .denyOutOfMemory, .noScript, .blocking],
            group: .list, since: "6.2.0",
            summary: "Pops an element from a list, pushes it to another list and "
                + "returns it. Blocks until an element is available otherwise. "
                + "Deletes the list if the last element was moved.", categories: [.list],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.readWrite, .insert], first: 2),
            ],
            arguments: [
                ArgumentDescription("source", .key, keyIndex: 0),
                ArgumentDescription("destination", .key, keyIndex: 1),
                ArgumentDescription(
                    "wherefrom", .oneof, [],
                    [
                        ArgumentDescription("left", .pureToken, token: "LEFT"),
                        ArgumentDescription("right", .pureToken, token: "RIGHT"),
                    ]),
                ArgumentDescription(
                    "whereto", .oneof, [],
                    [
                        ArgumentDescription("left", .pureToken, token: "LEFT"),
                        ArgumentDescription("right", .pureToken, token: "RIGHT"),
                    ]), ArgumentDescription("timeout", .double),
            ], keyHandler: blmove),
        CommandDescriptor(
            "brpoplpush", arity: 4, flags: [.write, .denyOutOfMemory, .noScript, .blocking],
            group: .list, since: "2.2.0",
            summary: "Pops an element from a list, pushes it to another list and "
                + "returns it. Blocks until an element is available otherwise. "
                + "Deletes the list if the last element was popped.",
            history: [
                (
                    since: "6.0.0",
                    change: "`timeout` is interpreted as a double instead of an integer."
                )
            ], categories: [.list],
            keys: [
                KeySpecification([.readWrite, .access, .delete], first: 1),
                KeySpecification([.readWrite, .insert], first: 2),
            ],
            arguments: [
                ArgumentDescription("source", .key, keyIndex: 0),
                ArgumentDescription("destination", .key, keyIndex: 1),
                ArgumentDescription("timeout", .double),
            ], keyHandler: brpoplpush),
        CommandDescriptor(
            "blmpop", arity: -5, flags: [.write, .blocking, .movableKeys], group: .list,
            since: "7.0.0",
            summary: "Pops the first element from one of multiple lists. Blocks until "
                + "an element is available otherwise. Deletes the list if the last "
                + "element was popped.",
            complexity: "O(N+M) where N is the number of provided keys and M is the "
                + "number of elements returned.", categories: [.list],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], first: 2, countIndex: 0, firstKey: 1, step: 1)
            ],
            arguments: [
                ArgumentDescription("timeout", .double), ArgumentDescription("numkeys", .integer),
                ArgumentDescription("key", .key, .multiple, keyIndex: 0),
                ArgumentDescription(
                    "where", .oneof, [],
                    [
                        ArgumentDescription("left", .pureToken, token: "LEFT"),
                        ArgumentDescription("right", .pureToken, token: "RIGHT"),
                    ]), ArgumentDescription("count", .integer, token: "COUNT", .optional),
            ], keyHandler: blmpop),
    ]
}
