// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/sqlite.h"

#include <sqlite3.h>

#include <cerrno>

namespace diagonal {

namespace {

/// For SQLite a disk is full where it says so; a used up quota and files that may not grow are the same to people.
int primaryCode(int code, sqlite3* connection) {
    code &= 0xFF;
    if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN) return code;
    // SQLite keeps the number of a call that failed for some of them alone.
    const int known = sqlite3_system_errno(connection), reason = known != 0 ? known : errno;
    return reason == ENOSPC || reason == EDQUOT || reason == EFBIG ? SQLITE_FULL : code;
}

void require(int code, sqlite3* connection) {
    if (code != SQLITE_OK) throw SqliteError(primaryCode(code, connection), sqlite3_errmsg(connection));
}

/// "file:PATH?immutable=1" with all but letters and digits as %XX.
std::string frozenUri(const std::string& path) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string uri = "file:";
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/';
        if (isPlain)
            uri += c;
        else
            uri += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return uri + "?immutable=1";
}

int openFlags(SqliteAccess access) {
    switch (access) {
        case SqliteAccess::Create:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        case SqliteAccess::Write:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
        case SqliteAccess::Read:
            return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
        case SqliteAccess::Frozen:
            break;
    }
    return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
}

}  // namespace

bool SqliteError::isDamage() const {
    return m_code == SQLITE_CORRUPT || m_code == SQLITE_NOTADB;
}

bool SqliteError::isBusy() const {
    return m_code == SQLITE_BUSY || m_code == SQLITE_LOCKED;
}

bool SqliteError::isFull() const {
    return m_code == SQLITE_FULL;
}

bool SqliteError::cannotOpen() const {
    return m_code == SQLITE_CANTOPEN || m_code == SQLITE_READONLY;
}

void SqliteDatabase::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

SqliteDatabase::SqliteDatabase(const std::filesystem::path& file, int busyMilliseconds, SqliteAccess access)
    : m_isFrozen(access == SqliteAccess::Frozen) {
    sqlite3* connection = nullptr;
    const std::string name = access == SqliteAccess::Frozen ? frozenUri(file.native()) : file.native();
    const int code = sqlite3_open_v2(name.c_str(), &connection, openFlags(access), nullptr);
    m_database.reset(connection);
    require(code, connection);
    require(sqlite3_busy_timeout(connection, busyMilliseconds), connection);
}

void SqliteDatabase::run(const char* sql) {
    require(sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr), m_database.get());
}

void SqliteDatabase::rollBack() noexcept {
    // Fails where SQLite has rolled back by itself.
    sqlite3_exec(m_database.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

int64_t SqliteDatabase::number(const char* sql) {
    SqliteStatement statement(*this, sql);
    return statement.step() ? statement.number(0) : 0;
}

std::string SqliteDatabase::text(const char* sql) {
    SqliteStatement statement(*this, sql);
    if (!statement.step()) return {};
    const auto bytes = statement.bytes(0);
    return {bytes.begin(), bytes.end()};
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(SqliteDatabase& database, const char* sql) : m_connection(database.m_database.get()) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v3(m_connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr), m_connection);
    m_statement.reset(statement);
}

SqliteStatement& SqliteStatement::bind(int index, int64_t value) {
    require(sqlite3_bind_int64(m_statement.get(), index, value), m_connection);
    return *this;
}

SqliteStatement& SqliteStatement::bind(int index, std::span<const uint8_t> bytes) {
    require(sqlite3_bind_blob64(m_statement.get(), index, bytes.data(), bytes.size(), SQLITE_STATIC), m_connection);
    return *this;
}

SqliteStatement& SqliteStatement::bind(int index, std::string_view text) {
    // A null pointer would be NULL.
    const char* data = text.data() == nullptr ? "" : text.data();
    require(sqlite3_bind_text64(m_statement.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8), m_connection);
    return *this;
}

SqliteStatement& SqliteStatement::bindNull(int index) {
    require(sqlite3_bind_null(m_statement.get(), index), m_connection);
    return *this;
}

bool SqliteStatement::step() {
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const SqliteError error(code & 0xFF, sqlite3_errmsg(m_connection));
    sqlite3_reset(m_statement.get());
    throw error;
}

void SqliteStatement::reset() {
    sqlite3_reset(m_statement.get());
}

void SqliteStatement::run() {
    step();
    reset();
}

int64_t SqliteStatement::number(int column) const {
    return sqlite3_column_int64(m_statement.get(), column);
}

std::span<const uint8_t> SqliteStatement::bytes(int column) const {
    const auto* data = static_cast<const uint8_t*>(sqlite3_column_blob(m_statement.get(), column));
    return {data, static_cast<size_t>(sqlite3_column_bytes(m_statement.get(), column))};
}

std::string_view SqliteStatement::text(int column) const {
    const auto data = bytes(column);
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

}  // namespace diagonal
