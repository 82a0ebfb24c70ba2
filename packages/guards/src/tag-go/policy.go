package main

import "slices"

type tool struct {
	name      string
	operation string // read, write or read-write
	secrecy   []string
	integrity []string
}

type policy struct {
	mode           string // strict, filter or propagate
	agentSecrecy   []string
	agentIntegrity []string
	tools          map[string]*tool
	everySecrecy   []string // of all tools, each tag once
	// The rest is empty where the policy does not name it.
	privateTag       string
	visibilityTool   string
	privateAttribute string
}

// current is nil before the first policy and after one that was refused.
var current *policy

func refuse(why string) error { return &failure{answerPolicyRefused, "policy: " + why} }

func readPolicy(root value) (*policy, error) {
	if !root.isObject() {
		return nil, refuse("it must be an object whose only member is tags, an object")
	}
	envelope, ok := root.members(true, "tags")
	if !ok || !envelope[0].isObject() {
		return nil, refuse("it must be an object whose only member is tags, an object")
	}
	members, ok := envelope[0].members(true, "mode", "agent", "tools", "privateTag", "visibilityTool", "privateAttribute")
	if !ok {
		return nil, refuse("tags has an unknown member, or one twice")
	}
	p := &policy{tools: map[string]*tool{}}
	if p.mode, ok = choice(members[0], "strict", "filter", "propagate"); !ok {
		return nil, refuse("tags.mode must be strict, filter or propagate")
	}
	if err := p.readAgent(members[1]); err != nil {
		return nil, err
	}
	if err := p.readTools(members[2]); err != nil {
		return nil, err
	}
	return p, p.readPrivacy(members[3], members[4], members[5])
}

func (p *policy) readAgent(agent value) (err error) {
	if !agent.isObject() {
		return refuse("tags.agent must be an object of secrecy and integrity, each once")
	}
	members, ok := agent.members(true, "secrecy", "integrity")
	if !ok {
		return refuse("tags.agent must be an object of secrecy and integrity, each once")
	}
	if p.agentSecrecy, err = readTags(members[0], "tags.agent.secrecy"); err != nil {
		return err
	}
	p.agentIntegrity, err = readTags(members[1], "tags.agent.integrity")
	return err
}

func (p *policy) readTools(tools value) error {
	if !tools.isArray() {
		return refuse("tags.tools must be an array")
	}
	for entry := range tools.elements() {
		t, err := readTool(entry)
		if err != nil {
			return err
		}
		if p.tools[t.name] != nil {
			return refuse("tags.tools lists a tool twice")
		}
		p.tools[t.name] = t
		for _, tag := range t.secrecy {
			p.everySecrecy = appendOnce(p.everySecrecy, tag)
		}
	}
	return nil
}

func readTool(entry value) (*tool, error) {
	if !entry.isObject() {
		return nil, refuse("an entry of tags.tools must be an object of name, operation, secrecy and integrity, each once")
	}
	members, ok := entry.members(true, "name", "operation", "secrecy", "integrity")
	if !ok {
		return nil, refuse("an entry of tags.tools must be an object of name, operation, secrecy and integrity, each once")
	}
	if !isName(members[0]) {
		return nil, refuse("the name of an entry of tags.tools must be a string with something in it")
	}
	t := &tool{name: members[0].text()}
	if t.operation, ok = choice(members[1], "read", "write", "read-write"); !ok {
		return nil, refuse("the operation of an entry of tags.tools must be read, write or read-write")
	}
	var err error
	if t.secrecy, err = readTags(members[2], "the secrecy of an entry of tags.tools"); err != nil {
		return nil, err
	}
	t.integrity, err = readTags(members[3], "the integrity of an entry of tags.tools")
	return t, err
}

func (p *policy) readPrivacy(tag, visibilityTool, attribute value) error {
	if tag != nil {
		if !tag.isString() || !isTag(tag.text()) {
			return refuse("tags.privateTag must be a tag")
		}
		p.privateTag = tag.text()
	}
	if visibilityTool != nil {
		if !isName(visibilityTool) {
			return refuse("tags.visibilityTool must be a string with something in it")
		}
		p.visibilityTool = visibilityTool.text()
	}
	if attribute != nil {
		if !isName(attribute) {
			return refuse("tags.privateAttribute must be a string with something in it")
		}
		p.privateAttribute = attribute.text()
	}
	if used := p.visibilityTool != "" || p.privateAttribute != ""; used != (p.privateTag != "") {
		return refuse("tags.privateTag goes with tags.visibilityTool or tags.privateAttribute, and they with it")
	}
	return nil
}

// A missing list is refused rather than taken for an empty one: that would make things public.
func readTags(list value, what string) ([]string, error) {
	if !list.isArray() {
		return nil, refuse(what + " must be an array of tags")
	}
	tags := []string{}
	for element := range list.elements() {
		if !element.isString() || !isTag(element.text()) {
			return nil, refuse(what + " must be an array of tags")
		}
		tags = appendOnce(tags, element.text())
	}
	return tags, nil
}

func appendOnce(tags []string, tag string) []string {
	if slices.Contains(tags, tag) {
		return tags
	}
	return append(tags, tag)
}

// Hosts trim tags and give "*" a meaning of its own; what passes here means the same everywhere.
func isTag(tag string) bool {
	for i := range len(tag) {
		if tag[i] <= 0x20 || tag[i] >= 0x7f {
			return false
		}
	}
	return tag != "" && tag != "*"
}

func isName(v value) bool { return v.isString() && v.text() != "" }

func choice(v value, choices ...string) (string, bool) {
	if !v.isString() {
		return "", false
	}
	text := v.text()
	return text, slices.Contains(choices, text)
}
