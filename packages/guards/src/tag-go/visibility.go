package main

type visibility int

const (
	unknown visibility = iota
	public
	private
)

// askVisibility asks the policy's visibility tool whether what a call touches is public. Both words count, and nothing
// else: a wrong "public" would let secrets out, a wrong "private" would let secrets be written where everybody reads
// them.
func (p *policy) askVisibility(args value) (visibility, error) {
	answer, err := callBackend(p.visibilityTool, args)
	if err != nil {
		return unknown, err
	}
	if root, ok := parse(answer); ok {
		if document, ok := textDocument(root); ok {
			if members, ok := document.members(false, "visibility"); ok {
				switch word, _ := choice(members[0], "public", "private"); word {
				case "public":
					return public, nil
				case "private":
					return private, nil
				}
			}
		}
	}
	return unknown, &failure{answerBackendFailed, "visibility: the backend's answer says neither public nor private"}
}
