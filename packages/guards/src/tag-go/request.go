package main

// A request is what label_resource and label_response are asked about.
type request struct {
	policy *policy
	tool   *tool // nil for one that the policy does not list
	args   value // an object
	result value // nil if there is none
}

func readRequest(input []byte) (*request, error) {
	if current == nil {
		return nil, &failure{answerNoPolicy, "request: there is no policy, call label_agent first"}
	}
	root, ok := parse(input)
	if !ok {
		return nil, malformed("it is not JSON, or nests too deeply")
	}
	if !root.isObject() {
		return nil, malformed("it must be an object, with each member once")
	}
	members, ok := root.members(false, "tool_name", "tool_args", "tool_result")
	if !ok {
		return nil, malformed("it must be an object, with each member once")
	}
	name, args, result := members[0], members[1], members[2]
	if !name.isString() {
		return nil, malformed("tool_name must be a string")
	}
	if args == nil || args.isNull() {
		args = value("{}")
	}
	if !args.isObject() {
		return nil, malformed("tool_args must be an object or null")
	}
	return &request{current, current.tools[name.text()], args, result}, nil
}

func malformed(why string) error { return &failure{answerMalformedInput, "request: " + why} }
