#pragma once
// ClaimIndex: the unique index over idempotency.digest. Digests are random, so an ordinary index dirties
// one page a claim: half of what a payment writes (docs/adr/0004). Here the newest claims are found in
// memory, and go to the table claim_digest in sorted chunks, many to a page. Nothing is lost with the
// memory: the claims themselves are rows, and those behind the watermark are read again at start.
//
// The writer's thread changes it and asks it; find_in_memory() is for any thread.
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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

  // Whether a chunk waits to be written.
  [[nodiscard]] bool has_full_chunk();
  // Writes the next part of it, in a transaction of the caller's, who then settles it or leaves it.
  [[nodiscard]] int project_part();
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
  using Claims = std::unordered_map<Digest, std::int64_t, HashOfDigest>;
  struct ClaimChange {
    Digest digest;
    bool is_removal = false;
  };

  [[nodiscard]] static std::optional<Digest> to_digest(std::string_view bytes);
  void forget(const Digest& digest);
  [[nodiscard]] std::int64_t next_watermark() const;

  std::size_t chunk_size_ = kChunkSize;
  Statement find_, insert_, remove_, read_digest_, write_watermark_;
  std::int64_t watermark_ = 0;  // every claim with a smaller key is in claim_digest
  mutable std::mutex mutex_;    // guards the two maps
  Claims recent_;
  Claims frozen_;                                        // the chunk that is being written
  std::vector<std::pair<Digest, std::int64_t>> sorted_;  // the same, in the order of the table
  std::size_t written_ = 0;                              // of sorted_, durable
  std::size_t part_end_ = 0;                             // of sorted_, in the open transaction
  std::int64_t recent_least_key_ = 0;
  std::vector<ClaimChange> changes_;  // of the open transaction
};

}  // namespace payweir::store::sqlite
