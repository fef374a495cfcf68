// /u{202e}"; import os; */ /u{2028} /u000a System.exit(1); // 🐇/u{a}""" ${process.exit()}
//
// Made from hostile.warren by `warren export`.
// Needs .NET 8 or newer and RabbitMQ.Client 7 (dotnet add package RabbitMQ.Client).
// Run it: dotnet run -- [CLIENT ...]
// Every client takes part, or those who are named. AMQP_URL says where the broker is.

using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

var url = Environment.GetEnvironmentVariable("AMQP_URL");
var factory = new ConnectionFactory { Uri = new Uri(url ?? "amqp://guest:guest@localhost:5672/%2F") };
bool Wanted(string name, bool waits) => args.Contains(name) || (args.Length == 0 && !waits);

async Task<(IConnection, IChannel)> Connect(bool confirms = false)
{
    var connection = await factory.CreateConnectionAsync();
    var options = new CreateChannelOptions(confirms, confirms);
    return (connection, await connection.CreateChannelAsync(options));
}

async Task ClassX1Publishes()
{
    var (connection, channel) = await Connect();
    for (var n = 1; n < 3; n++)
    {
        var text = $"${n} {n} {{{n}}} `\\` \"\"\" '%d' $$ \\{n} 🐇\u2029\u0000end";
        await channel.BasicPublishAsync("a \"b\" \\ $ {x} %s 🐇", "k\"\n'`$", false, new BasicProperties { Headers = new Dictionary<string, object?> { ["__proto__"] = "it's {n} \"${n}\" \\" } }, Encoding.UTF8.GetBytes(text));
        Console.WriteLine("class \"x\" 1 sends" + " " + text);
        await Task.Delay(10);
    }
    await connection.CloseAsync();
}

async Task ImportPublishes()
{
    var (connection, channel) = await Connect();
    for (var n = 1; n < 2; n++)
    {
        var text = "\\u000a\r\n";
        await channel.BasicPublishAsync("", "\\u0022 \u0000 \u007f", false, new BasicProperties(), Encoding.UTF8.GetBytes(text));
        Console.WriteLine("import sends" + " " + text);
    }
    await connection.CloseAsync();
}

async Task DefConsumes()
{
    var (connection, channel) = await Connect();
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine("def gets" + " " + text);
        await channel.BasicAckAsync(message.DeliveryTag, false);
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync("q'uote line \u202e `${1}` {n} #{2}", false, "def", false, false, null, consumer);
}

async Task ClientConsumes()
{
    var (connection, channel) = await Connect();
    var consumer = new AsyncEventingBasicConsumer(channel);
    consumer.ReceivedAsync += async (_, message) =>
    {
        var text = Encoding.UTF8.GetString(message.Body.Span);
        Console.WriteLine("🐇 gets" + " " + text);
        await channel.BasicAckAsync(message.DeliveryTag, false);
        await Task.CompletedTask;
    };
    await channel.BasicConsumeAsync("\\u0022 \u0000 \u007f", false, "🐇", false, false, null, consumer);
}

async Task Main()
{
    var (connection, channel) = await Connect();
    var clients = new List<Task>();
    await channel.ExchangeDeclareAsync("a \"b\" \\ $ {x} %s 🐇", "topic", durable: true, autoDelete: false);
    await channel.QueueDeclareAsync("q'uote line \u202e `${1}` {n} #{2}", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueDeclareAsync("\\u0022 \u0000 \u007f", durable: true, exclusive: false, autoDelete: false);
    await channel.QueueBindAsync("q'uote line \u202e `${1}` {n} #{2}", "a \"b\" \\ $ {x} %s 🐇", "k\"\n'`$");
    if (Wanted("def", false))
    {
        await DefConsumes();
    }
    if (Wanted("🐇", false))
    {
        await ClientConsumes();
    }
    if (Wanted("class \"x\" 1", false))
    {
        clients.Add(ClassX1Publishes());
    }
    if (Wanted("import", false))
    {
        clients.Add(ImportPublishes());
    }
    await Task.Delay(Timeout.Infinite);
}

await Main();
