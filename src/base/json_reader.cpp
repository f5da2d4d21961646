#include "base/json_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "base/json_writer.hpp"

namespace payweir::json {

// Builds the node array in one walk over simdjson's DOM. The parser is kept per thread: allocating
// one costs more than parsing a payment.
struct Document::Builder {
  Document& document;
  const Limits& limits;
  // Whether a string can hold the character NUL at all: written bare, it is malformed already.
  bool may_hold_nul;
  std::size_t key_count = 0;
  struct Step {
    std::string_view name;
    std::optional<std::uint32_t> element;  // of an array, which has no name
  };
  // Kept from one document to the next, for their memory: views into simdjson's buffer, which outlives the
  // walk and nothing else.
  struct Scratch {
    std::vector<Step> steps;              // from the root to where the walk is
    std::vector<std::string_view> names;  // of the objects that are open, the innermost object's last
  };
  std::vector<Step>& steps;
  std::vector<std::string_view>& names;
  bool has_decimals = false;

  std::uint32_t put_text(std::string_view text) {
    const auto at = static_cast<std::uint32_t>(document.text_.size());
    document.text_.append(text);
    return at;
  }

  Result<void> walk(simdjson::dom::element element, std::size_t depth) {
    if (depth > limits.depth_max) return fail(Code::json_too_deep, path(), "nested deeper than 32 levels");
    const std::size_t index = document.nodes_.size();
    document.nodes_.emplace_back();
    using simdjson::dom::element_type;
    switch (element.type()) {
      case element_type::ARRAY: {
        document.nodes_[index].kind = Kind::array;
        std::uint32_t count = 0;
        for (simdjson::dom::element child : simdjson::dom::array(element)) {
          if (++key_count > limits.keys_max) return too_many();
          steps.push_back({{}, count});
          if (auto done = walk(child, depth + 1); !done) return done;
          steps.pop_back();
          ++count;
        }
        document.nodes_[index].child_count = count;
        break;
      }
      case element_type::OBJECT:
        if (auto done = walk_object(element, depth, index); !done) return done;
        break;
      case element_type::INT64:
        document.nodes_[index].kind = Kind::integer;
        document.nodes_[index].integer = std::int64_t(element);
        break;
      case element_type::UINT64:
        document.nodes_[index].kind = Kind::real;
        document.nodes_[index].real = static_cast<double>(std::uint64_t(element));
        has_decimals = true;
        break;
      case element_type::DOUBLE:
        document.nodes_[index].kind = Kind::real;
        document.nodes_[index].real = double(element);
        has_decimals = true;
        break;
      case element_type::STRING: {
        const std::string_view text = element.get_string().value_unsafe();
        if (may_hold_nul && text.contains('\0')) return holds_nul();
        const std::uint32_t at = put_text(text);
        Node& node = document.nodes_[index];
        node.kind = Kind::string;
        node.text_at = at;
        node.text_size = static_cast<std::uint32_t>(text.size());
        break;
      }
      case element_type::BOOL:
        document.nodes_[index].kind = Kind::boolean;
        document.nodes_[index].integer = bool(element) ? 1 : 0;
        break;
      case element_type::NULL_VALUE: document.nodes_[index].kind = Kind::null; break;
    }
    document.nodes_[index].after = static_cast<std::uint32_t>(document.nodes_.size());
    return {};
  }

  Result<void> walk_object(simdjson::dom::element element, std::size_t depth, std::size_t index) {
    document.nodes_[index].kind = Kind::object;
    const std::size_t first_name = names.size();
    for (const auto field : simdjson::dom::object(element)) {
      if (++key_count > limits.keys_max) return too_many();
      if (may_hold_nul && field.key.contains('\0')) return holds_nul();
      names.push_back(field.key);
      steps.push_back({field.key, std::nullopt});
      const std::size_t child = document.nodes_.size();
      if (auto done = walk(field.value, depth + 1); !done) return done;
      const std::uint32_t at = put_text(field.key);
      document.nodes_[child].key_at = at;
      document.nodes_[child].key_size = static_cast<std::uint32_t>(field.key.size());
      steps.pop_back();
    }
    const std::span<std::string_view> own = std::span(names).subspan(first_name);
    document.nodes_[index].child_count = static_cast<std::uint32_t>(own.size());
    if (const std::string_view* const twin = find_twin(own)) {
      steps.push_back({*twin, std::nullopt});
      return fail(Code::json_duplicate_key, path(), "the same key stands twice in one object");
    }
    names.resize(first_name);
    return {};
  }

  // simdjson has turned them into floating-point numbers; what was written is found again in the text, where
  // numbers stand in the order of their nodes.
  void keep_decimals(std::string_view text) {
    std::size_t at = 0;
    for (Node& node : document.nodes_) {
      if (node.kind != Kind::integer && node.kind != Kind::real) continue;
      const std::string_view number = next_number(text, at);
      if (node.kind != Kind::real) continue;
      node.text_at = put_text(number);
      node.text_size = static_cast<std::uint32_t>(number.size());
    }
  }

  // The first at or behind `at`, which moves behind it. Requires: valid JSON, and a number left in it.
  static std::string_view next_number(std::string_view text, std::size_t& at) {
    for (bool in_string = false; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '"')
        in_string = !in_string;
      else if (in_string && c == '\\')
        ++at;
      else if (!in_string && (c == '-' || (c >= '0' && c <= '9')))
        break;
    }
    const std::size_t begin = at;
    at = std::min(text.find_first_not_of("+-.0123456789Ee", begin), text.size());
    return text.substr(begin, at - begin);
  }

  // A name that stands twice, or null. A set of 64 bits, one for each value of a hash, tells most names from
  // all before them; only those whose bit is taken are compared. May sort `all`.
  static const std::string_view* find_twin(std::span<std::string_view> all) {
    constexpr std::size_t kComparedMax = 48;  // with more, most bits are taken
    if (all.size() > kComparedMax) {
      std::ranges::sort(all);
      const auto twin = std::ranges::adjacent_find(all);
      return twin == all.end() ? nullptr : &*twin;
    }
    std::uint64_t taken = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::uint64_t bit = std::uint64_t{1} << hash_of(all[i]);
      if ((taken & bit) != 0 &&
          std::ranges::find(all.first(i), all[i]) != all.begin() + static_cast<std::ptrdiff_t>(i))
        return &all[i];
      taken |= bit;
    }
    return nullptr;
  }

  // 0 to 63, of the length, the ends and the middle: names that begin alike often differ there.
  static unsigned hash_of(std::string_view name) {
    if (name.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(name[i]); };
    const unsigned mixed = static_cast<unsigned>(name.size()) * 31u + byte(0) * 7u +
                           byte(name.size() / 2) * 13u + byte(name.size() - 1) * 3u;
    return mixed & 63u;
  }

  // As an error names its place: "a.b[2].c".
  std::string path() const {
    std::string text;
    for (const Step& step : steps) {
      if (step.element) {
        text += '[' + std::to_string(*step.element) + ']';
      } else {
        if (!text.empty()) text += '.';
        text += step.name;
      }
    }
    return text;
  }

  std::unexpected<Error> holds_nul() const {
    return fail(Code::malformed_json, path(), "a string holds the character NUL");
  }

  std::unexpected<Error> too_many() const {
    return fail(Code::json_too_many_keys, path(), "more than 1000 members and elements in one document");
  }
};

namespace {
// The copies that parsing makes outlive it, for their memory; what stands in them may be a card, and must
// not.
struct WipeParsed {
  std::string& padded;
  simdjson::dom::parser& parser;
  ~WipeParsed() {
    // As many bytes as simdjson makes room for: a string takes a length and a NUL beyond its text.
    const std::size_t string_bytes = 5 * padded.size() / 3 + simdjson::SIMDJSON_PADDING;
    if (parser.doc.string_buf) explicit_bzero(parser.doc.string_buf.get(), string_bytes);
    explicit_bzero(padded.data(), padded.size());
  }
};
}  // namespace

Result<Document> parse(std::string_view text, const Limits& limits) {
  // simdjson's own stack is bounded by max_depth; one level more lets the walk name the place.
  thread_local simdjson::dom::parser parser;
  thread_local std::string padded;  // simdjson reads beyond the end
  if (text.empty()) return fail(Code::malformed_json, "", "the body is empty");
  if (parser.capacity() < text.size()) {
    if (parser.allocate(std::max<std::size_t>(text.size(), 4096), 1024) != simdjson::SUCCESS)
      return fail(Code::malformed_json, "", "the body is too large to parse");
  }
  padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  padded = text;
  const WipeParsed wipe{padded, parser};
  simdjson::dom::element root;
  const auto problem = parser.parse(padded.data(), text.size(), false).get(root);
  if (problem == simdjson::DEPTH_ERROR) return fail(Code::json_too_deep, "", "nested deeper than 32 levels");
  if (problem)
    return fail(Code::malformed_json, "", std::string("malformed JSON: ") + simdjson::error_message(problem));
  Document document;
  constexpr std::size_t kUsualMemberBytes = 16;  // few members are shorter
  document.nodes_.reserve(std::clamp<std::size_t>(text.size() / kUsualMemberBytes, 1, limits.keys_max + 1));
  document.text_.reserve(text.size());
  thread_local Document::Builder::Scratch scratch;
  scratch.steps.clear();
  scratch.names.clear();
  Document::Builder builder{document, limits, text.contains("\\u0000"), 0, scratch.steps, scratch.names};
  if (auto done = builder.walk(root, 1); !done) return std::unexpected(std::move(done.error()));
  if (builder.has_decimals) builder.keep_decimals(text);
  // An escaped lone surrogate is valid JSON and no valid text.
  if (!simdjson::validate_utf8(document.text_.data(), document.text_.size()))
    return fail(Code::malformed_json, "", "a string is not valid UTF-8");
  return document;
}

Document::~Document() {
  explicit_bzero(text_.data(), text_.size());
}

Value Document::root() const {
  if (nodes_.empty()) return {};
  return Value(this, 0, nodes_[0].after);
}

Kind Value::kind() const {
  return document_ ? document_->nodes_[index_].kind : Kind::absent;
}

std::string_view Value::text() const {
  if (!is(Kind::string)) return {};
  const auto& node = document_->nodes_[index_];
  return std::string_view(document_->text_).substr(node.text_at, node.text_size);
}

std::int64_t Value::integer() const {
  return is(Kind::integer) ? document_->nodes_[index_].integer : 0;
}

bool Value::boolean() const {
  return is(Kind::boolean) && document_->nodes_[index_].integer != 0;
}

double Value::real() const {
  if (is(Kind::real)) return document_->nodes_[index_].real;
  return static_cast<double>(integer());
}

std::string Value::number_text() const {
  if (is(Kind::integer)) return std::to_string(integer());
  if (!is(Kind::real)) return {};
  const auto& node = document_->nodes_[index_];
  return document_->text_.substr(node.text_at, node.text_size);
}

Value Value::find(std::string_view wanted) const {
  if (!is(Kind::object)) return {};
  const std::vector<Document::Node>& nodes = document_->nodes_;
  const std::uint32_t end = nodes[index_].after;
  for (std::uint32_t at = index_ + 1; at < end; at = nodes[at].after)
    if (std::string_view(document_->text_.data() + nodes[at].key_at, nodes[at].key_size) == wanted)
      return Value(document_, at, end);
  return {};
}

std::size_t Value::size() const {
  return is(Kind::object) || is(Kind::array) ? document_->nodes_[index_].child_count : 0;
}

Value Value::first() const {
  if (size() == 0) return {};
  return Value(document_, index_ + 1, document_->nodes_[index_].after);
}

Value Value::next() const {
  if (!document_) return {};
  const std::uint32_t after = document_->nodes_[index_].after;
  if (after >= end_) return {};
  return Value(document_, after, end_);
}

std::string_view Value::key() const {
  if (!document_) return {};
  const auto& node = document_->nodes_[index_];
  return std::string_view(document_->text_).substr(node.key_at, node.key_size);
}

namespace {
void write(Writer& out, const Value& value) {
  switch (value.kind()) {
    case Kind::absent:
    case Kind::null: out.null(); return;
    case Kind::boolean: out.boolean(value.boolean()); return;
    case Kind::integer: out.integer(value.integer()); return;
    case Kind::real: out.raw(value.number_text()); return;
    case Kind::string: out.string(value.text()); return;
    case Kind::array:
      out.begin_array();
      for (Value child = value.first(); child.present(); child = child.next())
        write(out, child);
      out.end_array();
      return;
    case Kind::object:
      out.begin_object();
      for (Value child = value.first(); child.present(); child = child.next()) {
        out.key(child.key());
        write(out, child);
      }
      out.end_object();
      return;
  }
}
}  // namespace

std::string Value::dump() const {
  Writer out;
  write(out, *this);
  return std::move(out).take();
}

}  // namespace payweir::json
