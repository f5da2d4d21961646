#include "store/sqlite/claim_index.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/check.hpp"
#include "base/planted.hpp"

namespace payweir::store::sqlite {
namespace {

constexpr std::int64_t kNoKey = std::numeric_limits<std::int64_t>::max();

// How many claims go into claim_digest at once: some pages, written while a batch waits.
constexpr std::size_t kPartSize = 512;

void bind_bytes(Statement& statement, int number, std::string_view bytes) {
  sqlite3_bind_blob(statement.get(), number, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
}

template <class Digest>
std::string_view view_of(const Digest& digest) {
  return {digest.data(), digest.size()};
}

std::string_view blob_column(Statement& statement, int column) {
  const void* const bytes = sqlite3_column_blob(statement.get(), column);
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), column))};
}

}  // namespace

std::size_t ClaimIndex::HashOfDigest::operator()(const Digest& digest) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

std::optional<ClaimIndex::Digest> ClaimIndex::to_digest(std::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) return std::nullopt;  // a CHECK of the table refuses the row
  std::ranges::copy(bytes, digest.begin());
  return digest;
}

Result<void> ClaimIndex::load(Connection& connection, std::size_t chunk_size) {
  chunk_size_ = chunk_size;
  part_count_ = (chunk_size + kPartSize - 1) / kPartSize;
  for (Chunk* const chunk : {&recent_, &frozen_}) {
    chunk->keys.reserve(chunk_size);  // or a batch would wait for it to grow
    chunk->parts.resize(part_count_);
    clear(*chunk);
  }
  const std::pair<Statement*, std::string_view> statements[] = {
      {&find_, "SELECT key FROM claim_digest WHERE digest = $1"},
      {&insert_, "INSERT OR IGNORE INTO claim_digest (digest, key) VALUES ($1, $2)"},
      {&remove_, "DELETE FROM claim_digest WHERE digest = $1"},
      {&read_digest_, "SELECT digest FROM idempotency WHERE key = $1"},
      {&write_watermark_, "UPDATE claim_watermark SET watermark = $1"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection.prepare(sql);
    if (!prepared) return fail(std::move(prepared.error()));
    *statement = std::move(*prepared);
  }
  auto watermark = connection.query_integer("SELECT watermark FROM claim_watermark");
  if (!watermark) return fail(std::move(watermark.error()));
  watermark_ = *watermark;

  auto newest = connection.prepare("SELECT digest, key FROM idempotency WHERE key >= $1");
  if (!newest) return fail(std::move(newest.error()));
  newest->bind(1, watermark_);
  int code = SQLITE_OK;
  while ((code = sqlite3_step(newest->get())) == SQLITE_ROW) {
    const std::int64_t key = sqlite3_column_int64(newest->get(), 1);
    if (PLANTED(forgets_claims_at_start)) continue;
    if (const auto digest = to_digest(blob_column(*newest, 0))) put(*digest, key);
  }
  if (code != SQLITE_DONE) return fail(to_error(code, "reading the newest claims"));
  return {};
}

int ClaimIndex::find(std::string_view digest, std::int64_t& key) {
  key = find_in_memory(digest);
  if (key != 0) return SQLITE_OK;
  bind_bytes(find_, 1, digest);
  const int code = sqlite3_step(find_.get());
  if (code == SQLITE_ROW) key = sqlite3_column_int64(find_.get(), 0);
  sqlite3_reset(find_.get());
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

std::int64_t ClaimIndex::find_in_memory(std::string_view bytes) const {
  const auto digest = to_digest(bytes);
  if (!digest) return 0;
  const std::lock_guard lock(mutex_);
  for (const Chunk* const chunk : {&recent_, &frozen_})
    if (const auto found = chunk->keys.find(*digest); found != chunk->keys.end()) return found->second;
  return 0;
}

int ClaimIndex::add(std::string_view bytes, std::int64_t key) {
  if (key < watermark_) {
    // Drawn long before it is committed: the chunk that it would belong to is written.
    bind_bytes(insert_, 1, bytes);
    insert_.bind(2, key);
    return insert_.run();
  }
  const auto digest = to_digest(bytes);
  check(digest.has_value(), "the table refuses a digest of another size");
  changes_.push_back({*digest, false});
  put(*digest, key);
  return SQLITE_OK;
}

int ClaimIndex::remove(std::int64_t key) {
  read_digest_.bind(1, key);
  int code = sqlite3_step(read_digest_.get());
  std::optional<Digest> digest;
  if (code == SQLITE_ROW) digest = to_digest(blob_column(read_digest_, 0));
  sqlite3_reset(read_digest_.get());
  if (code != SQLITE_ROW || !digest) return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
  bind_bytes(remove_, 1, view_of(*digest));
  code = remove_.run();
  if (code == SQLITE_OK) changes_.push_back({*digest, true});
  return code;
}

void ClaimIndex::undo_to(Mark mark) {
  const std::lock_guard lock(mutex_);
  for (; changes_.size() > mark; changes_.pop_back())
    if (!changes_.back().is_removal) forget(changes_.back().digest);
}

void ClaimIndex::settle() {
  if (std::ranges::any_of(changes_, &ClaimChange::is_removal)) {
    const std::lock_guard lock(mutex_);
    for (const ClaimChange& change : changes_)
      if (change.is_removal) forget(change.digest);
  }
  changes_.clear();
}

// Of what it knows beside its keys, which have left one part after the other.
void ClaimIndex::clear(Chunk& chunk) {
  for (std::vector<Digest>& part : chunk.parts)
    part.clear();
  chunk.least_key = kNoKey;
  chunk.largest_key = 0;
}

void ClaimIndex::put(const Digest& digest, std::int64_t key) {
  const std::size_t leading_bits = std::size_t{static_cast<unsigned char>(digest[0])} << 8u |
                                   std::size_t{static_cast<unsigned char>(digest[1])};
  recent_.parts[leading_bits * part_count_ >> 16u].push_back(digest);
  recent_.least_key = std::min(recent_.least_key, key);
  recent_.largest_key = std::max(recent_.largest_key, key);
  const std::lock_guard lock(mutex_);
  recent_.keys.emplace(digest, key);
}

void ClaimIndex::forget(const Digest& digest) {
  recent_.keys.erase(digest);
  frozen_.keys.erase(digest);
}

bool ClaimIndex::part_is_due() {
  const std::size_t size = recent_.keys.size();
  if (frozen_.largest_key != 0) return parts_written_ * chunk_size_ <= size * part_count_;
  if (size < chunk_size_) return false;
  const std::lock_guard lock(mutex_);
  std::swap(recent_, frozen_);
  parts_written_ = 0;
  return true;
}

int ClaimIndex::write_part() {
  std::vector<Digest>& part = frozen_.parts[parts_written_];
  std::ranges::sort(part, {}, view_of<Digest>);
  for (const Digest& digest : part) {
    const auto found = frozen_.keys.find(digest);
    if (found == frozen_.keys.end()) continue;  // erased or undone
    bind_bytes(insert_, 1, view_of(digest));
    insert_.bind(2, found->second);
    if (const int code = insert_.run(); code != SQLITE_OK) return code;
  }
  if (parts_written_ + 1 < part_count_) return SQLITE_OK;
  write_watermark_.bind(1, next_watermark());
  return write_watermark_.run();
}

// The least key that memory will still hold. Not the end of the chunk: a claim is added when it is
// committed, and its key was drawn before, so chunks overlap.
std::int64_t ClaimIndex::next_watermark() const {
  return recent_.least_key != kNoKey ? recent_.least_key : frozen_.largest_key + 1;
}

void ClaimIndex::settle_part() {
  {
    const std::lock_guard lock(mutex_);
    for (const Digest& digest : frozen_.parts[parts_written_])
      frozen_.keys.erase(digest);
  }
  if (++parts_written_ < part_count_) return;
  watermark_ = next_watermark();
  clear(frozen_);
}

}  // namespace payweir::store::sqlite
