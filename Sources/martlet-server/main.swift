// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

exit(Program.run(Array(CommandLine.arguments.dropFirst())))
