#pragma once
// ClaimIndex: the unique index over idempotency.digest. Digests are random, so an ordinary index dirties
// one page a claim: half of what a payment writes (docs/adr/0004). Here the newest claims are found in
// memory, and go to the table claim_digest in sorted chunks, many to a page. Nothing is lost with the
// memory: the claims themselves are rows, and those behind the watermark are read again at start.
//
// The writer's thread changes it and asks it; find_in_memory() is for any thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/sqlite/connection.hpp"

namespace payweir::store::sqlite {

class ClaimIndex {
 public:
  // Memory holds at most two chunks, about 60 bytes a claim.
  static constexpr std::size_t kChunkSize = 131'072;

  // Reads the claims that are in no chunk yet. `connection` outlives the index.
  [[nodiscard]] Result<void> load(Connection& connection, std::size_t chunk_size);

  // The following three work inside the writer's transaction, and answer SQLite's result codes.
  // `key` becomes the claim's key, 0 when there is none.
  [[nodiscard]] int find(std::string_view digest, std::int64_t& key);
  [[nodiscard]] int add(std::string_view digest, std::int64_t key);
  // Before the row goes.
  [[nodiscard]] int remove(std::int64_t key);

  // What became of the transaction. Changes behind a mark are undone when a savepoint is.
  using Mark = std::size_t;
  [[nodiscard]] Mark mark() const { return changes_.size(); }
  void undo_to(Mark mark);
  void settle();

  // Whether a part of the older chunk should be written now: one for as many claims as come in meanwhile, so
  // that a chunk is gone when the next one is full and no batch waits for more than a part.
  [[nodiscard]] bool part_is_due();
  // Writes it, in a transaction of the caller's, who then settles it or comes again.
  [[nodiscard]] int write_part();
  void settle_part();

  // The key, 0 when the claim is not in memory. Whoever then looks into claim_digest must begin that read
  // after this call: what has left memory is there.
  [[nodiscard]] std::int64_t find_in_memory(std::string_view digest) const;

 private:
  using Digest = std::array<char, 16>;
  struct HashOfDigest {
    // A keyed hash already: nobody outside can make two collide.
    std::size_t operator()(const Digest& digest) const noexcept;
  };
  struct Chunk {
    std::unordered_map<Digest, std::int64_t, HashOfDigest> keys;
    // The same digests by their leading bits, and perhaps some that were undone or erased: what is sorted and
    // written at once lies together from the start.
    std::vector<std::vector<Digest>> parts;
    std::int64_t least_key, largest_key;
  };
  struct ClaimChange {
    Digest digest;
    bool is_removal = false;
  };

  [[nodiscard]] static std::optional<Digest> to_digest(std::string_view bytes);
  static void clear(Chunk& chunk);
  void put(const Digest& digest, std::int64_t key);
  void forget(const Digest& digest);
  [[nodiscard]] std::int64_t next_watermark() const;

  std::size_t chunk_size_ = kChunkSize;
  std::size_t part_count_ = 1;
  Statement find_, insert_, remove_, read_digest_, write_watermark_;
  std::int64_t watermark_ = 0;  // every claim with a smaller key is in claim_digest
  mutable std::mutex mutex_;    // guards the keys of both chunks
  Chunk recent_;                // being filled
  Chunk frozen_;                // being written, or empty
  std::size_t parts_written_ = 0;
  std::vector<ClaimChange> changes_;  // of the open transaction
};

}  // namespace payweir::store::sqlite
