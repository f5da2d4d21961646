#include <algorithm>
#include <utility>
#include <vector>

#include "sandbox/stripe/intents.hpp"

namespace payweir::sandbox::stripe {
namespace {

// Stripe's search language, as far as the switch speaks it: metadata['k']:'v' and status:'…', joined by
// AND. https://docs.stripe.com/search#search-query-language
struct Clause {
  std::string metadata_key;  // "" for status
  std::string value;
};

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// 'text' or "text"; a backslash takes the next character as it is.
std::optional<std::string> take_quoted(std::string_view& text) {
  if (text.empty() || (text.front() != '\'' && text.front() != '"')) return std::nullopt;
  const char quote = text.front();
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == quote) {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return std::nullopt;
}

std::optional<Clause> take_clause(std::string_view& text) {
  Clause clause;
  if (take(text, "metadata[")) {
    auto key = take_quoted(text);
    if (!key || key->empty() || !take(text, "]")) return std::nullopt;
    clause.metadata_key = *std::move(key);
  } else if (!take(text, "status")) {
    return std::nullopt;
  }
  if (!take(text, ":")) return std::nullopt;
  auto value = take_quoted(text);
  if (!value) return std::nullopt;
  clause.value = *std::move(value);
  return clause;
}

std::optional<std::vector<Clause>> read_query(std::string_view text) {
  std::vector<Clause> clauses;
  while (true) {
    skip_spaces(text);
    auto clause = take_clause(text);
    if (!clause) return std::nullopt;
    clauses.push_back(*std::move(clause));
    skip_spaces(text);
    if (text.empty()) return clauses;
    if (!take(text, "AND ")) return std::nullopt;
  }
}

bool satisfies(const Intent& intent, const Clause& clause) {
  return clause.metadata_key.empty() ? to_string(intent.status) == clause.value
                                     : intent.metadata.get(clause.metadata_key) == clause.value;
}

}  // namespace

Parsed<Intent*> find_intent(Call& call, std::string_view id, std::string_view param) {
  const auto parsed = parse_id("pi_", id);
  Intent* intent = parsed && parsed->ordinal == 0 ? call.books().find(*parsed, call.account) : nullptr;
  if (intent == nullptr) return std::unexpected(no_such("payment_intent", id, param));
  return intent;
}

Parsed<std::size_t> read_limit(const Params& params) {
  const auto limit = params.integer("limit");
  if (!limit) return std::unexpected(limit.error());
  const std::int64_t wanted = limit->value_or(10);
  if (wanted < 1 || wanted > 100)
    return std::unexpected(invalid_param("limit", "Limit must be between 1 and 100."));
  return static_cast<std::size_t>(wanted);
}

Answer retrieve_intent(Call& call, std::string_view id) {
  const auto intent = find_intent(call, id, "intent");
  if (!intent) return Answer::of(intent.error());
  return Answer::of_intent(**intent, read_expand(call.params));
}

Answer list_intents(Call& call) {
  const auto limit = read_limit(call.params);
  if (!limit) return Answer::of(limit.error());
  const auto from_s = call.params.integer("created[gte]"), to_s = call.params.integer("created[lte]");
  if (!from_s) return Answer::of(from_s.error());
  if (!to_s) return Answer::of(to_s.error());
  const auto is_within = [&](const Intent& intent) {
    const std::int64_t created_s = intent.created_ms / 1000;
    return (!*from_s || created_s >= **from_s) && (!*to_s || created_s <= **to_s);
  };
  const Books& books = call.books();
  std::uint32_t next = books.accounts()[call.account].newest_intent;
  const auto skip = [&] {
    while (next != kNoIntent && !is_within(books.at(next)))
      next = books.at(next).older;
  };
  if (const std::string_view after = call.params.text("starting_after"); !after.empty()) {
    const auto from = find_intent(call, after, "starting_after");
    if (!from) return Answer::of(from.error());
    next = (*from)->older;
  }
  std::vector<const Intent*> page;
  skip();
  for (; next != kNoIntent && page.size() < *limit; skip()) {
    page.push_back(&books.at(next));
    next = books.at(next).older;
  }
  const std::uint8_t expand = read_expand(call.params);
  return Answer::of_text(render_list("/v1/payment_intents", next != kNoIntent, [&](json::Writer& out) {
    for (const Intent* intent : page)
      call.state.renderer.write_intent(out, *intent, expand);
  }));
}

Answer search_intents(Call& call) {
  const auto limit = read_limit(call.params);
  if (!limit) return Answer::of(limit.error());
  const auto clauses = read_query(call.params.text("query"));
  if (!clauses) return Answer::of(invalid_param("query", "We were unable to parse your search query."));
  const auto indexed =
      std::ranges::find_if(*clauses, [](const Clause& clause) { return !clause.metadata_key.empty(); });
  if (indexed == clauses->end())
    return Answer::of(invalid_param("query", "The sandbox searches by metadata, perhaps with a status."));

  std::vector<const Intent*> page;
  bool has_more = false;
  call.books().visit_by_metadata(indexed->metadata_key, indexed->value, [&](const Intent& intent) {
    const bool visible = call.now - Instant{intent.created_ms} >= call.state.search_lag;
    const bool fits =
        std::ranges::all_of(*clauses, [&](const Clause& clause) { return satisfies(intent, clause); });
    if (intent.account != call.account || !visible || !fits) return true;
    has_more = page.size() == *limit;
    if (!has_more && (page.empty() || page.back() != &intent)) page.push_back(&intent);
    return !has_more;
  });
  const std::uint8_t expand = read_expand(call.params);
  json::Writer out(1024);
  out.begin_object().field("object", "search_result").key("data").begin_array();
  for (const Intent* intent : page)
    call.state.renderer.write_intent(out, *intent, expand);
  out.end_array()
      .field("has_more", has_more)
      .null_field("next_page")
      .field("url", "/v1/payment_intents/search");
  out.end_object();
  return Answer::of_text(std::move(out).take());
}

Answer retrieve_charge(Call& call, std::string_view id) {
  const auto parsed = parse_id("ch_", id);
  const Intent* intent = parsed ? call.books().find(*parsed, call.account) : nullptr;
  if (intent == nullptr || parsed->ordinal < 1 || parsed->ordinal > intent->charges.size())
    return Answer::of(no_such("charge", id, "charge"));
  return Answer::of_text(call.state.renderer.charge(*intent, parsed->ordinal, read_expand(call.params)));
}

}  // namespace payweir::sandbox::stripe
