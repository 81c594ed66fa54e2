// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

package main

import (
	"fmt"
	"os"
	"reflect"
	"sync/atomic"
	"time"
)

var lastCheck atomic.Value
var failureCount int

// startDeadline ends the run with a FAIL line when it hangs.
func startDeadline(limit time.Duration) {
	lastCheck.Store("the start")
	time.AfterFunc(limit, func() {
		fmt.Printf("FAIL deadline: expected an end, got a hang after %s\n", lastCheck.Load())
		os.Exit(1)
	})
}

// equal prints one line for the check; an error as the value got is shown as one.
func equal(check string, expected, got interface{}) {
	lastCheck.Store(check)
	if reflect.DeepEqual(expected, got) {
		fmt.Printf("ok %s\n", check)
		return
	}
	failureCount++
	fmt.Printf("FAIL %s: expected %#v got %#v\n", check, expected, got)
}

// either is the value, or the error in its place.
func either(value interface{}, err error) interface{} {
	if err != nil {
		return err.Error()
	}
	return value
}

// exit ends the process: 0 only when every check passed.
func exit() {
	if failureCount > 0 {
		os.Exit(1)
	}
}
