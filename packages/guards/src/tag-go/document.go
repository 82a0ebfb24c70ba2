package main

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// Arrays and objects that may be open at once.
const maxDepth = 64

// A value is the bytes of one JSON value in a checked document, without the space around it. Decoding into maps and
// structs would copy a response several times, take "Private" for "private", and let the last of two equal members win.
type value []byte

// parse checks a whole document: RFC 8259, UTF-8 only, bounded depth.
func parse(document []byte) (value, bool) {
	if !utf8.Valid(document) || !json.Valid(document) {
		return nil, false
	}
	v := value(bytes.Trim(document, " \t\r\n"))
	if v.isContainer() && v.depth() > maxDepth {
		return nil, false
	}
	return v, true
}

func (v value) isObject() bool    { return len(v) > 0 && v[0] == '{' }
func (v value) isArray() bool     { return len(v) > 0 && v[0] == '[' }
func (v value) isString() bool    { return len(v) > 0 && v[0] == '"' }
func (v value) isFalse() bool     { return string(v) == "false" }
func (v value) isNull() bool      { return string(v) == "null" }
func (v value) isContainer() bool { return v.isObject() || v.isArray() }

// text is what a string value says. A lone surrogate becomes U+FFFD.
func (v value) text() string {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	var text string
	if err := json.Unmarshal(v, &text); err != nil {
		panic("a checked string cannot be read") // traps, and the instance is gone
	}
	return text
}

// elements of an array.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		for _, element := range v.children(false) {
			if !yield(element) {
				return
			}
		}
	}
}

// members finds the named members of an object; one that is not there is nil. False when one of them is there twice:
// readers disagree on which one counts. When others are in the way too, if the object is closed.
func (v value) members(closed bool, names ...string) ([]value, bool) {
	found := make([]value, len(names))
next:
	for key, member := range v.children(true) {
		text := key.text()
		for i, name := range names {
			if text != name {
				continue
			}
			if found[i] != nil {
				return nil, false
			}
			found[i] = member
			continue next
		}
		if closed {
			return nil, false
		}
	}
	return found, true
}

// children are the elements of an array, or the keys and members of an object.
func (v value) children(keyed bool) iter.Seq2[value, value] {
	return func(yield func(value, value) bool) {
		at := v[1:]
		for {
			var key, child value
			if at = skipBetween(at); at[0] == ']' || at[0] == '}' {
				return
			}
			if keyed {
				key, at = split(at)
				at = skipBetween(at)
			}
			child, at = split(at)
			if !yield(key, child) {
				return
			}
		}
	}
}

// skipBetween skips the punctuation between values, which says nothing once the grammar is checked.
func skipBetween(at value) value {
	for at[0] == ',' || at[0] == ':' || isSpace(at[0]) {
		at = at[1:]
	}
	return at
}

// split cuts the value off the front.
func split(at value) (value, value) {
	end := 0
	switch at[0] {
	case '"':
		end = at.stringEnd(0)
	case '{', '[':
		end = at.containerEnd()
	default:
		for at[end] != ',' && at[end] != ']' && at[end] != '}' && !isSpace(at[end]) {
			end++
		}
	}
	return at[:end:end], at[end:]
}

// stringEnd is where the string that starts at `at` is over.
func (v value) stringEnd(at int) int {
	for at++; v[at] != '"'; at++ {
		if v[at] == '\\' {
			at++
		}
	}
	return at + 1
}

func (v value) containerEnd() int {
	end, _ := v.measure()
	return end
}

func (v value) depth() int {
	_, depth := v.measure()
	return depth
}

// measure walks over the container at the front, to its end. Also tells how many containers are open at once.
func (v value) measure() (end, deepest int) {
	for depth := 0; ; {
		switch v[end] {
		case '"':
			end = v.stringEnd(end)
			continue
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
		end++
		if depth == 0 {
			return end, deepest
		}
	}
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
