package main

// What label functions answer below zero. Except for the first, which the ABI fixes, the answers are the guard's own.
const (
	answerTooLarge       = -2
	answerMalformedInput = -3
	answerPolicyRefused  = -4
	answerNoPolicy       = -5
	answerBackendFailed  = -6
	answerNoMemory       = -7
	answerFailed         = -8
)

// A failure ends a call with an answer below zero. Its message holds no part of the input.
type failure struct {
	answer  int32
	message string
}

func (f *failure) Error() string { return f.message }
