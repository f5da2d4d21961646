#include "sandbox/stripe/params.hpp"

#include <algorithm>
#include <charconv>

namespace payweir::sandbox::stripe {
namespace {

constexpr std::size_t kMetadataKeysMax = 50, kMetadataKeyMax = 40, kMetadataValueMax = 500;

}  // namespace

Parsed<Params> Params::read(const http::Request& request) {
  const bool in_query = request.method == http::Method::get || request.method == http::Method::del;
  auto pairs = form::decode(in_query ? http::query_of(request.target) : std::string_view(request.body));
  if (!pairs)
    return std::unexpected(Problem{
        .message = "Invalid request: the parameters are no well-formed application/x-www-form-urlencoded."});
  Params params;
  params.pairs_ = std::move(*pairs);
  return params;
}

bool Params::has(std::string_view name) const {
  return std::ranges::any_of(pairs_, [&](const auto& pair) { return pair.first == name; });
}

std::string_view Params::text(std::string_view name) const {
  const auto at =
      std::ranges::find(pairs_, name, [](const auto& pair) -> std::string_view { return pair.first; });
  return at == pairs_.end() ? std::string_view{} : std::string_view(at->second);
}

Parsed<std::optional<std::int64_t>> Params::integer(std::string_view name) const {
  const std::string_view digits = text(name);
  if (digits.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return std::unexpected(Problem{.code = "parameter_invalid_integer",
                                   .message = "Invalid integer: " + std::string(digits),
                                   .param = std::string(name)});
  return value;
}

Parsed<bool> Params::boolean(std::string_view name) const {
  const std::string_view word = text(name);
  if (word.empty() || word == "false") return false;
  if (word == "true") return true;
  return std::unexpected(invalid_param(name, "Invalid boolean: " + std::string(word)));
}

bool Params::lists(std::string_view list, std::string_view value) const {
  bool found = false;
  for_each_in(list, [&](std::string_view element) { found |= element == value; });
  return found;
}

std::optional<Problem> Params::refuse_unknown(std::span<const std::string_view> allowed) const {
  for (const auto& pair : pairs_) {
    const std::string_view name(pair.first);
    const std::string_view top = name.substr(0, name.find('['));
    if (std::ranges::find(allowed, top) != allowed.end()) continue;
    return Problem{.code = "parameter_unknown",
                   .message = "Received unknown parameter: " + std::string(top),
                   .param = std::string(top)};
  }
  return std::nullopt;
}

Parsed<PackedPairs> Params::metadata() const {
  PackedPairs kept;
  std::optional<Problem> problem;
  std::size_t keys = 0;
  for_each_of("metadata", [&](std::string_view key, std::string_view value) {
    if (++keys > kMetadataKeysMax) problem = invalid_param("metadata", "Metadata can have up to 50 keys.");
    if (key.size() > kMetadataKeyMax || value.size() > kMetadataValueMax)
      problem = invalid_param("metadata", "Metadata keys hold up to 40 characters and values up to 500.");
    if (!problem) kept.set(key, value);
  });
  if (problem) return std::unexpected(*std::move(problem));
  return kept;
}

bool Params::is_element(std::string_view name, std::string_view list) {
  if (!name.starts_with(list)) return false;
  std::string_view index = name.substr(list.size());
  if (index.size() < 2 || index.front() != '[' || index.back() != ']') return false;
  index = index.substr(1, index.size() - 2);
  return std::ranges::all_of(index, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view Params::key_in(std::string_view name, std::string_view map) {
  if (!name.starts_with(map)) return {};
  const std::string_view key = name.substr(map.size());
  if (key.size() < 3 || key.front() != '[' || key.back() != ']') return {};
  return key.substr(1, key.size() - 2);
}

}  // namespace payweir::sandbox::stripe
