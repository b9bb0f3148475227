// Command tlog verifies a published ledger with proof and signature code that is not ours: the
// tree arithmetic is golang.org/x/mod/sumdb/tlog, the signed notes are golang.org/x/mod/sumdb/note.
// This program only fetches, maps the paths and reads the lines of a checkpoint.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight  = 8
	tileWidth   = 1 << tileHeight
	maxNote     = 1 << 20
	maxEntry    = 2 + 1<<16
	cachedTiles = 4096
	maxFaults   = 50
)

var (
	errNotFound = errors.New("not found")
	// Package tlog gives the empty tree no hash; RFC 6962 gives it that of no bytes.
	emptyRoot = tlog.Hash(sha256.Sum256(nil))
)

// A source fetches the parts of one log below its prefix.
type source struct {
	prefix string
	client *http.Client
}

func newSource(prefix string) (*source, error) {
	u, err := url.Parse(prefix)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("%s is no http or https address", prefix)
	}
	client := &http.Client{
		Timeout: 30 * time.Second,
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if next.URL.Host != u.Host || len(via) > 5 {
				return fmt.Errorf("leads away to %s", next.URL)
			}
			return nil
		},
	}
	return &source{strings.TrimRight(prefix, "/") + "/", client}, nil
}

func (s *source) get(path string, limit int64) ([]byte, error) {
	answer, err := s.client.Get(s.prefix + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("%s: %w", path, errNotFound)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the server answered %s", path, answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return body, nil
}

// entries returns the first width entries of a bundle.
func (s *source) entries(bundle int64, width int) ([][]byte, error) {
	hashTile := tlog.Tile{H: tileHeight, L: 0, N: bundle, W: width}
	path := strings.Replace(tilesPath(hashTile), "tile/0/", "tile/entries/", 1)
	body, err := s.get(path, int64(width)*maxEntry)
	asked := width
	if errors.Is(err, errNotFound) && width < tileWidth {
		// A log may drop a partial bundle once the full one is there.
		hashTile.W, asked = tileWidth, tileWidth
		full := strings.Replace(tilesPath(hashTile), "tile/0/", "tile/entries/", 1)
		if whole, err2 := s.get(full, tileWidth*maxEntry); err2 == nil {
			body, err = whole, nil
		}
	}
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for len(body) > 0 {
		if len(body) < 2 || len(body) < 2+int(binary.BigEndian.Uint16(body)) {
			return nil, fmt.Errorf("%s ends in the middle of its entry %d", path, len(found))
		}
		end := 2 + int(binary.BigEndian.Uint16(body))
		found = append(found, body[2:end])
		body = body[end:]
	}
	if len(found) != asked {
		return nil, fmt.Errorf("%s has %d entries, not %d", path, len(found), asked)
	}
	return found[:width], nil
}

// tilesPath writes a tile's path as tlog-tiles does: without the height, which is always 8.
func tilesPath(t tlog.Tile) string {
	return strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

// A reader gives tiles to package tlog and keeps those that package tlog is content with.
type reader struct {
	source *source
	kept   map[tlog.Tile][]byte
}

func (r *reader) Height() int { return tileHeight }

func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		if kept, ok := r.kept[t]; ok {
			data[i] = kept
			continue
		}
		hashes, err := r.source.get(tilesPath(t), int64(t.W)*tlog.HashSize)
		if errors.Is(err, errNotFound) && t.W < tileWidth {
			full := t
			full.W = tileWidth
			if whole, err2 := r.source.get(tilesPath(full), tileWidth*tlog.HashSize); err2 == nil {
				hashes, err = whole, nil
				if len(hashes) > t.W*tlog.HashSize {
					hashes = hashes[:t.W*tlog.HashSize]
				}
			}
		}
		if err != nil {
			return nil, err
		}
		data[i] = hashes
	}
	return data, nil
}

func (r *reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, t := range tiles {
		if len(r.kept) >= cachedTiles {
			r.kept = make(map[tlog.Tile][]byte)
		}
		r.kept[t] = data[i]
	}
}

// openOlder opens a checkpoint of the log, or of one that broke and was taken over into it.
func openOlder(signed []byte, verifiers []note.Verifier) (tree tlog.Tree, err error) {
	for _, verifier := range verifiers {
		if tree, err = openCheckpoint(signed, verifier); err == nil {
			return tree, nil
		}
	}
	return tree, err
}

// openCheckpoint verifies a signed checkpoint and reads its three lines.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return tlog.Tree{}, errors.New("the note is no checkpoint")
	}
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is of %s, not of %s", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("%q is no tree size", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("%q is no root", lines[2])
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

// faults collects what was found wrong.
type faults []string

func (f *faults) add(format string, values ...any) {
	*f = append(*f, fmt.Sprintf(format, values...))
}

// A stored tree holds every hash of a tree computed from its entries, in the order of package tlog.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = s[index]
	}
	return found, nil
}

// verifyEntries computes the tree anew from the entries alone and compares root and tiles with it.
func verifyEntries(s *source, tree tlog.Tree, tiles *reader, found *faults) {
	var computed stored
	signed := tlog.TileHashReader(tree, tiles)
	whole := true
	for first := int64(0); first < tree.N && len(*found) < maxFaults; first += tileWidth {
		width := int(min(tree.N-first, tileWidth))
		last := first + int64(width) - 1
		entries, err := s.entries(first/tileWidth, width)
		if err != nil {
			found.add("entries %d to %d: %v", first, last, err)
			whole = false
			continue
		}
		for i, entry := range entries {
			if !whole {
				break
			}
			hashes, err := tlog.StoredHashes(first+int64(i), entry, computed)
			if err != nil {
				found.add("entry %d: %v", first+int64(i), err)
				return
			}
			computed = append(computed, hashes...)
		}
		verifyBundle(tree, signed, first, entries, found)
	}
	if !whole || len(*found) >= maxFaults || tree.N == 0 {
		return
	}
	root, err := tlog.TreeHash(tree.N, computed)
	if err != nil || root != tree.Hash {
		found.add("the entries give the root %v, the checkpoint signs %v: %v", root, tree.Hash, err)
		return
	}
	for level, hashes := 0, tree.N; hashes > 0; level, hashes = level+1, hashes/tileWidth {
		for first := int64(0); first < hashes && len(*found) < maxFaults; first += tileWidth {
			width := int(min(hashes-first, tileWidth))
			verifyTile(tlog.Tile{H: tileHeight, L: level, N: first / tileWidth, W: width},
				computed, tiles, found)
		}
	}
}

func verifyTile(t tlog.Tile, computed stored, tiles *reader, found *faults) {
	expected, err := tlog.ReadTileData(t, computed)
	if err == nil {
		var served [][]byte
		served, err = tiles.ReadTiles([]tlog.Tile{t})
		if err == nil && !bytes.Equal(served[0], expected) {
			err = errors.New("it is not what the entries hash to")
		}
	}
	if err != nil {
		found.add("%s: %v", tilesPath(t), err)
	}
}

// verifyBundle compares the entries of a bundle with the leaves that the tiles lead to.
func verifyBundle(
	tree tlog.Tree, signed tlog.HashReader, first int64, entries [][]byte, found *faults,
) {
	last := first + int64(len(entries)) - 1
	indexes := make([]int64, len(entries))
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
	}
	leaves, err := signed.ReadHashes(indexes)
	if err != nil {
		found.add("entries %d to %d: %v", first, last, err)
		return
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != leaves[i] {
			found.add("entry %d is not the leaf that the tiles have there", first+int64(i))
		}
	}
	proof, err := tlog.ProveRecord(tree.N, last, signed)
	if err == nil {
		leaf := tlog.RecordHash(entries[len(entries)-1])
		err = tlog.CheckRecord(proof, tree.N, tree.Hash, last, leaf)
	}
	if err != nil {
		found.add("the proof of entry %d: %v", last, err)
	}
}

func verifyOld(name string, old, tree tlog.Tree, hashes tlog.HashReader, found *faults) {
	switch {
	case old.N > tree.N:
		found.add("%s has %d leaves, the log only %d: its tail was cut off", name, old.N, tree.N)
	case old.N == 0:
		if old.Hash != emptyRoot {
			found.add("%s has no leaves but not the empty root", name)
		}
	default:
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
		}
		if err != nil {
			found.add("%s of %d leaves is not the beginning of the log: %v", name, old.N, err)
		}
	}
}

func verify(prefix, vkey string, formers, olds []string) (int64, faults) {
	var found faults
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		found.add("the verifier key: %v", err)
		return 0, found
	}
	verifiers := []note.Verifier{verifier}
	for _, key := range formers {
		former, err := note.NewVerifier(key)
		if err != nil {
			found.add("the former verifier key: %v", err)
			return 0, found
		}
		verifiers = append(verifiers, former)
	}
	s, err := newSource(prefix)
	if err != nil {
		found.add("%v", err)
		return 0, found
	}
	signed, err := s.get("checkpoint", maxNote)
	if err != nil {
		found.add("the checkpoint: %v", err)
		return 0, found
	}
	tree, err := openCheckpoint(signed, verifier)
	if err != nil {
		found.add("the checkpoint: %v", err)
		return 0, found
	}
	tiles := &reader{s, make(map[tlog.Tile][]byte)}
	hashes := tlog.TileHashReader(tree, tiles)
	if tree.N == 0 && tree.Hash != emptyRoot {
		found.add("the checkpoint has no leaves but not the empty root")
	}
	verifyEntries(s, tree, tiles, &found)
	for _, name := range olds {
		text, err := os.ReadFile(name)
		if err != nil {
			found.add("%v", err)
			continue
		}
		old, err := openOlder(text, verifiers)
		if err != nil {
			found.add("%s: %v", name, err)
			continue
		}
		verifyOld(name, old, tree, hashes, &found)
	}
	return tree.N, found
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func main() {
	vkey := flag.String("vkey", "", "the log's verifier key, name+id+key")
	var formers []string
	flag.Func("former", "the verifier key of a log that broke and was taken over; may be given again",
		func(key string) error { formers = append(formers, key); return nil })
	evidence := flag.String("bundle", "", "a file of evidence, judged without network")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: tlog -vkey KEY [-former KEY ...] URL [OLDER-CHECKPOINT-FILE ...]")
		fmt.Fprintln(os.Stderr, "       tlog -vkey KEY -bundle FILE")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *vkey == "" || (flag.NArg() < 1) == (*evidence == "") {
		flag.Usage()
		os.Exit(2)
	}
	if *evidence != "" {
		leaves, calls, found := verifyEvidence(*evidence, *vkey)
		end(found, fmt.Sprintf("ok %d leaves %d calls", leaves, calls))
	}
	leaves, found := verify(flag.Arg(0), *vkey, formers, flag.Args()[1:])
	end(found, fmt.Sprintf("ok %d leaves", leaves))
}

// end prints what was found and ends the program.
func end(found []string, ok string) {
	for _, fault := range found {
		fmt.Println("fault:", fault)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
	fmt.Println(ok)
	os.Exit(0)
}
