package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A proved is one leaf or call of a bundle. Its payload is kept as the bytes that stand in the file:
// the file is canonical JSON, so they are the bytes that were hashed.
type proved struct {
	H       []byte          `json:"h"`
	Proof   [][]byte        `json:"proof"`
	Payload json.RawMessage `json:"payload"`
	Salt    []byte          `json:"salt"`
}

type bundledLeaf struct {
	proved
	Index int64 `json:"index"`
}

type bundledCall struct {
	proved
	Leaf     int64 `json:"leaf"`
	Position int64 `json:"position"`
}

type bundle struct {
	V          int           `json:"v"`
	Kind       string        `json:"kind"`
	Checkpoint string        `json:"checkpoint"`
	Leaves     []bundledLeaf `json:"leaves"`
	Calls      []bundledCall `json:"calls"`
}

// verifyEvidence judges a file of evidence by the log's key alone and returns how many leaves and
// calls it holds, and what fails.
func verifyEvidence(path, vkey string) (leaves, calls int, found []string) {
	fail := func(format string, words ...any) {
		found = append(found, fmt.Sprintf(format, words...))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, []string{err.Error()}
	}
	var b bundle
	if err := json.Unmarshal(text, &b); err != nil || b.V != 1 || b.Kind != "yelin-bundle" {
		return 0, 0, []string{fmt.Sprintf("%s is no bundle: %v", path, err)}
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, 0, []string{err.Error()}
	}
	head, err := openCheckpoint([]byte(b.Checkpoint), verifier)
	if err != nil {
		return 0, 0, []string{fmt.Sprintf("the checkpoint: %v", err)}
	}
	payloads := map[int64]json.RawMessage{}
	for _, leaf := range b.Leaves {
		if err := leaf.check(head.N, leaf.Index, head.Hash); err != nil {
			fail("leaf %d: %v", leaf.Index, err)
			continue
		}
		payloads[leaf.Index] = leaf.Payload
	}
	for _, call := range b.Calls {
		size, root, err := subRoot(payloads[call.Leaf])
		if err == nil {
			err = call.check(size, call.Position, root)
		}
		if err != nil {
			fail("call %d of leaf %d: %v", call.Position, call.Leaf, err)
		}
	}
	return len(b.Leaves), len(b.Calls), found
}

// check proves that the words give the hash, and that the entry of the hash is in the tree.
func (p *proved) check(size, index int64, root tlog.Hash) error {
	if p.Payload != nil {
		h := sha256.Sum256(append(append([]byte{}, p.Salt...), p.Payload...))
		if len(p.Salt) != 16 || !bytes.Equal(h[:], p.H) {
			return errors.New("payload and salt do not give h")
		}
	}
	if index < 0 || index >= size {
		return fmt.Errorf("it has no place in a tree of %d", size)
	}
	var path tlog.RecordProof
	for _, step := range p.Proof {
		var hash tlog.Hash
		if copy(hash[:], step) != len(hash) || len(step) != len(hash) {
			return errors.New("the proof holds what is no hash")
		}
		path = append(path, hash)
	}
	entry := fmt.Sprintf(`{"h":"%s","v":1}`, base64.StdEncoding.EncodeToString(p.H))
	return tlog.CheckRecord(path, size, root, index, tlog.RecordHash([]byte(entry)))
}

// subRoot reads the root of a batch of calls, and their number, from the payload of its leaf.
func subRoot(payload json.RawMessage) (int64, tlog.Hash, error) {
	var said struct {
		Facts struct {
			Batch struct {
				Root  string `json:"root"`
				Count int64  `json:"count"`
			} `json:"batch"`
		} `json:"facts"`
	}
	var root tlog.Hash
	if err := json.Unmarshal(payload, &said); err != nil {
		return 0, root, errors.New("its leaf is not there, or fails itself")
	}
	blob, err := hex.DecodeString(said.Facts.Batch.Root)
	if err != nil || len(blob) != len(root) {
		return 0, root, errors.New("its leaf stands for no batch of calls")
	}
	copy(root[:], blob)
	return said.Facts.Batch.Count, root, nil
}
