// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The executable: reads the settings, starts a server, and ends it on a signal.

import Dispatch
import Glibc
import Logging
import MartletConfiguration
import MartletServer

exit(Program.run(Array(CommandLine.arguments.dropFirst())))
