package shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What statements of one request are sent over. */
final class Session {
    private final Connection connection;
    private final Timing timing;

    Session(Connection connection, Timing timing) {
        this.connection = connection;
        this.timing = timing;
    }

    /** Makes something of a row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** All rows of a statement. @param values for its question marks */
    <T> List<T> query(String sql, Reader<T> reader, Object... values) throws SQLException {
        // The driver fetches all rows before it returns.
        try (PreparedStatement statement = prepare(sql, values); ResultSet result = timing.database(statement::executeQuery)) {
            List<T> rows = new ArrayList<>();
            while (result.next()) rows.add(reader.read(result));
            return rows;
        }
    }

    /** The first row of a statement, when there is one. */
    <T> Optional<T> first(String sql, Reader<T> reader, Object... values) throws SQLException {
        return query(sql, reader, values).stream().findFirst();
    }

    /** Runs a statement that gives no rows. */
    void execute(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            timing.database(statement::executeUpdate);
        }
    }

    /** Runs statements of which all count or none. */
    <T> T transaction(Database.Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.with(this);
            end(connection::commit);
            return result;
        } catch (SQLException | RuntimeException error) {
            end(connection::rollback);
            throw error;
        }
    }

    private interface End {
        void run() throws SQLException;
    }

    private void end(End end) throws SQLException {
        timing.database(() -> {
            end.run();
            return null;
        });
    }

    private PreparedStatement prepare(String sql, Object[] values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int index = 0; index < values.length; index++) statement.setObject(index + 1, values[index]);
        return statement;
    }
}
