#pragma once
// JSON in. parse() checks the whole text (grammar, UTF-8, depth, key count, duplicate keys) before
// anything is bound, then offers it as a flat tree of nodes. A Document owns its text; Values and the
// string_views they give are valid as long as it lives and is not moved from. Not shared by threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace payweir::json {

struct Limits {
  std::size_t depth_max = 32;
  std::size_t keys_max = 1000;  // object members and array elements of the whole document
};

// absent: the object has no such member. It answers every question as an empty null would, so that
// optional members need no special case.
enum class Kind : std::uint8_t { absent, null, boolean, integer, real, string, array, object };

class Document;

class Value {
 public:
  Value() = default;
  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool present() const { return kind() != Kind::absent; }
  // absent or null
  [[nodiscard]] bool empty() const { return kind() == Kind::absent || kind() == Kind::null; }
  [[nodiscard]] bool is(Kind wanted) const { return kind() == wanted; }
  // Requires: is(string), else "".
  [[nodiscard]] std::string_view text() const;
  // Requires: is(integer), else 0. Integers beyond int64 are of kind real.
  [[nodiscard]] std::int64_t integer() const;
  // Requires: is(boolean), else false.
  [[nodiscard]] bool boolean() const;
  // Requires: is(integer) or is(real), else 0. Never for money.
  [[nodiscard]] double real() const;
  // Requires: is(integer) or is(real), else "". As it was written, so that decimals stay exact.
  [[nodiscard]] std::string number_text() const;
  // Member of an object; absent when this is not an object or has none of that name.
  [[nodiscard]] Value find(std::string_view key) const;
  [[nodiscard]] Value operator[](std::string_view key) const { return find(key); }
  // Number of members or elements.
  [[nodiscard]] std::size_t size() const;
  // Children in order: for (Value v = x.first(); v.present(); v = v.next()).
  [[nodiscard]] Value first() const;
  [[nodiscard]] Value next() const;
  // Name of this member in its object, "" elsewhere.
  [[nodiscard]] std::string_view key() const;
  // This subtree as compact JSON, its decimals as they were written.
  [[nodiscard]] std::string dump() const;

 private:
  friend class Document;
  Value(const Document* document, std::uint32_t index, std::uint32_t end)
      : document_(document), index_(index), end_(end) {}
  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t end_ = 0;  // index after the last node of the parent
};

// Wiped when it dies: it may hold a card.
class Document {
 public:
  Document() = default;
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;
  ~Document();
  [[nodiscard]] Value root() const;

 private:
  friend class Value;
  friend Result<Document> parse(std::string_view, const Limits&);
  struct Node {
    Kind kind = Kind::null;
    std::uint32_t after = 0;  // index after this subtree
    std::uint32_t child_count = 0;
    std::uint32_t text_at = 0, text_size = 0;
    std::uint32_t key_at = 0, key_size = 0;
    union {
      std::int64_t integer = 0;
      double real;
    };
  };
  struct Builder;
  std::vector<Node> nodes_;
  std::string text_;  // every key, string and decimal, unescaped, one after another
};

// Errors: malformed_json, json_too_deep, json_too_many_keys, json_duplicate_key (field = its path).
[[nodiscard]] Result<Document> parse(std::string_view text, const Limits& limits = Limits{});

}  // namespace payweir::json
