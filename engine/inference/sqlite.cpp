// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/sqlite.h"

#include <sqlite3.h>

namespace diagonal {

namespace {

void require(int code, sqlite3* connection) {
    if (code != SQLITE_OK) throw SqliteError(code & 0xFF, sqlite3_errmsg(connection));
}

}  // namespace

bool SqliteError::isDamage() const {
    return m_code == SQLITE_CORRUPT || m_code == SQLITE_NOTADB;
}

bool SqliteError::isBusy() const {
    return m_code == SQLITE_BUSY || m_code == SQLITE_LOCKED;
}

void SqliteDatabase::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

SqliteDatabase::SqliteDatabase(const std::filesystem::path& file, int busyMilliseconds) {
    sqlite3* connection = nullptr;
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(file.c_str(), &connection, kFlags, nullptr);
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

}  // namespace diagonal
