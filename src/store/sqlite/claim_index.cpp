#include "store/sqlite/claim_index.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>

namespace payweir::store::sqlite {
namespace {

constexpr std::int64_t kNoKey = std::numeric_limits<std::int64_t>::max();

// How many claims go into claim_digest at once. A batch adds at most half as many, so that a chunk is
// written before the next one is full; more would make a neighbour wait.
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
  recent_least_key_ = kNoKey;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(newest->get())) == SQLITE_ROW) {
    const std::int64_t key = sqlite3_column_int64(newest->get(), 1);
    if (const auto digest = to_digest(blob_column(*newest, 0))) recent_.emplace(*digest, key);
    recent_least_key_ = std::min(recent_least_key_, key);
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
  if (const auto found = recent_.find(*digest); found != recent_.end()) return found->second;
  if (const auto found = frozen_.find(*digest); found != frozen_.end()) return found->second;
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
  recent_least_key_ = std::min(recent_least_key_, key);
  const std::lock_guard lock(mutex_);
  recent_.emplace(*digest, key);
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

void ClaimIndex::forget(const Digest& digest) {
  recent_.erase(digest);
  frozen_.erase(digest);
}

bool ClaimIndex::has_full_chunk() {
  if (!sorted_.empty()) return true;
  if (recent_.size() < chunk_size_) return false;
  {
    const std::lock_guard lock(mutex_);
    frozen_.swap(recent_);
  }
  sorted_.assign(frozen_.begin(), frozen_.end());
  std::ranges::sort(sorted_, [](const auto& a, const auto& b) {
    return std::memcmp(a.first.data(), b.first.data(), a.first.size()) < 0;
  });
  written_ = part_end_ = 0;
  recent_least_key_ = kNoKey;
  return true;
}

int ClaimIndex::project_part() {
  part_end_ = std::min(written_ + kPartSize, sorted_.size());
  for (std::size_t i = written_; i < part_end_; ++i) {
    const auto& [digest, key] = sorted_[i];
    if (!frozen_.contains(digest)) continue;  // erased meanwhile
    bind_bytes(insert_, 1, view_of(digest));
    insert_.bind(2, key);
    if (const int code = insert_.run(); code != SQLITE_OK) return code;
  }
  if (part_end_ < sorted_.size()) return SQLITE_OK;
  write_watermark_.bind(1, next_watermark());
  return write_watermark_.run();
}

// All claims that memory will still hold are at or behind it. A chunk's keys need not be older than those
// of the next one: a claim is added when it is committed, and its key was drawn before.
std::int64_t ClaimIndex::next_watermark() const {
  if (recent_least_key_ != kNoKey) return recent_least_key_;
  std::int64_t largest = 0;
  for (const auto& [digest, key] : sorted_)
    largest = std::max(largest, key);
  return largest + 1;
}

void ClaimIndex::settle_part() {
  written_ = part_end_;
  if (written_ < sorted_.size()) return;
  watermark_ = next_watermark();
  sorted_.clear();
  const std::lock_guard lock(mutex_);
  frozen_.clear();
}

}  // namespace payweir::store::sqlite
