package main

import (
	"encoding/json"
	"strconv"
)

// The labels of an item as JSON, rendered once for all items of a kind.
type renderedLabels struct{ public, private []byte }

// writeResponse answers "null" to leave the whole response under the labels of its resource.
func writeResponse(input []byte, w *writer) error {
	r, err := readRequest(input)
	if err != nil {
		return err
	}
	if r.tool != nil && r.policy.privateAttribute != "" {
		if document, ok := textDocument(r.result); ok {
			rendered, err := r.renderLabels()
			if err != nil {
				return err
			}
			if writeItems(w, document, r.policy.privateAttribute, rendered) {
				return nil
			}
		}
	}
	w.length = 0
	w.write([]byte("null"))
	return nil
}

func (r *request) renderLabels() (rendered renderedLabels, err error) {
	if rendered.public, err = json.Marshal(labels{r.policy.secrecyOf(r.tool.secrecy, public), r.tool.integrity}); err != nil {
		return rendered, err
	}
	rendered.private, err = json.Marshal(labels{r.policy.secrecyOf(r.tool.secrecy, private), r.tool.integrity})
	return rendered, err
}

// writeItems is false when the document has no items of which all can be read.
func writeItems(w *writer, document value, attribute string, rendered renderedLabels) bool {
	members, ok := document.members(false, "items")
	if !ok || !members[0].isArray() {
		return false
	}
	entry := []byte(`{"items_path":"/items","labeled_paths":[`)
	index := int64(0)
	for item := range members[0].elements() {
		isPublic, ok := readItem(item, attribute)
		if !ok {
			return false
		}
		labels := rendered.private
		if isPublic {
			labels = rendered.public
		}
		entry = append(entry, `{"path":"/items/`...)
		entry = strconv.AppendInt(entry, index, 10)
		entry = append(entry, `","labels":`...)
		w.write(entry)
		w.write(labels)
		entry = append(entry[:0], "},"...)
		index++
	}
	if index > 0 {
		entry = entry[:1] // no comma after the last
	}
	w.write(append(entry, "]}"...))
	return true
}

// readItem tells whether an item is public, which only it can say. False when it can be read in two ways.
func readItem(item value, attribute string) (isPublic, ok bool) {
	if !item.isObject() {
		return false, true
	}
	members, ok := item.members(false, attribute)
	return ok && members[0].isFalse(), ok
}
