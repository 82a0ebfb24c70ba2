package main

// textDocument finds an object in the only content block of an MCP tool result that is no error.
func textDocument(result value) (value, bool) {
	if !result.isObject() {
		return nil, false
	}
	members, ok := result.members(false, "content", "isError")
	if !ok || !members[0].isArray() || members[1] != nil && !members[1].isFalse() {
		return nil, false
	}
	block, ok := only(members[0])
	if !ok || !block.isObject() {
		return nil, false
	}
	members, ok = block.members(false, "type", "text")
	if !ok || !members[0].isString() || members[0].text() != "text" || !members[1].isString() {
		return nil, false
	}
	document, ok := parse([]byte(members[1].text()))
	return document, ok && document.isObject()
}

// only is the element of an array that has one.
func only(array value) (element value, ok bool) {
	for next := range array.elements() {
		if ok {
			return nil, false
		}
		element, ok = next, true
	}
	return element, ok
}
